#include "frames.hpp"

#include <new>
#include <utility>

#include <sys/mman.h>

#include "frame_reader.hpp"

namespace alloclens::tracker {
namespace {

template <std::size_t... V>
struct Versions {
    static constexpr void (*readers[])(StackWalk&, const void*) = {FrameReader<V>::read...};
    static constexpr void (*forgetters[])(StackWalk&) = {FrameReader<V>::forget_ids...};
};
template <std::size_t... V>
constexpr Versions<V...> all_versions(std::index_sequence<V...>);
using AllVersions = decltype(all_versions(std::make_index_sequence<kVersions>()));

}  // namespace

void (*StackWalk::reader_)(StackWalk&, const void*) = nullptr;
void (*StackWalk::forgetter_)(StackWalk&) = nullptr;

void StackWalk::choose_version(std::size_t version_index) {
    reader_ = AllVersions::readers[version_index];
    forgetter_ = AllVersions::forgetters[version_index];
}

StackWalk* StackWalk::create() {
    // Never given back: a thread that ends leaves it in the pool. Only touched pages take memory.
    void* const memory = ::mmap(nullptr, sizeof(StackWalk) + (1 + 2 * kMaxDepth) * sizeof(Level), PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    StackWalk* const walk = new (memory) StackWalk;
    walk->levels = reinterpret_cast<Level*>(walk + 1) + 1;
    walk->scratch_ = walk->levels + kMaxDepth;
    return walk;
}

}  // namespace alloclens::tracker
