// malloc and its family.
#include <cerrno>
#include <cstdlib>

#include <malloc.h>

#include "tracker/recorder/recorder.hpp"
#include "wrappers.hpp"

extern "C" {
// Weak: null in a C library that has not got them, and then never called. They are only called, never compared: an
// address would be a relocation that may lead to our own hook (check_library.sh).
[[gnu::weak]] void free_sized(void* block, std::size_t size);
[[gnu::weak]] void free_aligned_sized(void* block, std::size_t alignment, std::size_t size);
[[gnu::weak]] void alloclens_cfree(void* block);
}
// New programs can't be linked with it, but the C library still has it for old ones.
__asm__(".symver alloclens_cfree, cfree@GLIBC_2.2.5");

namespace alloclens::tracker::hooked {
namespace {

using format::Allocator;

template <class Call>
inline auto below(Call call) {
    const Inside inside(below_allocator);
    return call();
}

template <class Call>
[[gnu::noinline]] void* admitted(std::size_t size, Allocator allocator, Call call) {
    const Admission admission(size);
    void* const block = admission ? below(call) : nullptr;
    return block ? record_allocation(block, size, allocator) : nullptr;
}

template <class Call>
inline void* recorded(std::size_t size, Allocator allocator, Call call);

template <class Call>
[[gnu::noinline]] void* recorded_beside_free(std::size_t size, Allocator allocator, Call call) {
    const BesideFree beside;
    return recorded(size, allocator, call);
}

template <class Call>
inline void* recorded(std::size_t size, Allocator allocator, Call call) {
    if (!recording()) {
        if (this_thread.giving_back && !this_thread.moving) [[unlikely]] return recorded_beside_free(size, allocator, call);
        return below(call);
    }
    if (activity.refuses.load(std::memory_order_relaxed)) [[unlikely]] return admitted(size, allocator, call);
    void* const block = below(call);
    return block ? record_allocation(block, size, allocator) : nullptr;
}

[[gnu::noinline]] void record_free_beside(const void* block) {
    const BesideFree beside;
    if (recording()) record_free(block);
}

template <class Call>
inline void freed(void* block, Call call) {
    if (block && recording()) record_free(block);
    else if (this_thread.giving_back && block && block != this_thread.giving_back) [[unlikely]] record_free_beside(block);
    below(call);
}

}  // namespace

void* malloc(std::size_t size) {
    return recorded(size, Allocator::malloc, [=] { return ::malloc(size); });
}

void free(void* block) {
    freed(block, [=] { ::free(block); });
}

void* calloc(std::size_t count, std::size_t size) {
    return recorded(count * size, Allocator::calloc, [=] { return ::calloc(count, size); });
}

void* realloc(void* block, std::size_t size) {
    if (!recording()) return below([=] { return ::realloc(block, size); });
    // glibc frees a block that is made zero bytes long, and returns null: that is no failure.
    const bool moves = block && size != 0;
    if (moves) {
        record_free_for_realloc(block);
    } else if (block) {
        record_free(block);
    }
    const Admission admission(size);
    void* const moved = admission ? below([=] { return ::realloc(block, size); }) : nullptr;
    if (moved) {
        record_allocation(moved, size, Allocator::realloc);
    } else if (moves) {
        record_realloc_failed(block);
    }
    return moved;
}

void* reallocarray(void* block, std::size_t count, std::size_t size) {
    std::size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes)) return ::reallocarray(block, count, size);  // fails, changes nothing
    return hooked::realloc(block, bytes);
}

void cfree(void* block) {
    freed(block, [=] { ::alloclens_cfree(block); });
}

void free_sized(void* block, std::size_t size) {
    freed(block, [=] { ::free_sized(block, size); });
}

void free_aligned_sized(void* block, std::size_t alignment, std::size_t size) {
    freed(block, [=] { ::free_aligned_sized(block, alignment, size); });
}

int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
    int error = ENOMEM;
    recorded(size, Allocator::posix_memalign, [&]() -> void* {
        error = ::posix_memalign(block, alignment, size);
        return error == 0 ? *block : nullptr;
    });
    return error;
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
    return recorded(size, Allocator::aligned_alloc, [=] { return ::aligned_alloc(alignment, size); });
}

void* memalign(std::size_t alignment, std::size_t size) {
    return recorded(size, Allocator::memalign, [=] { return ::memalign(alignment, size); });
}

void* valloc(std::size_t size) {
    return recorded(size, Allocator::valloc, [=] { return ::valloc(size); });
}

void* pvalloc(std::size_t size) {
    return recorded(size, Allocator::pvalloc, [=] { return ::pvalloc(size); });
}

}  // namespace alloclens::tracker::hooked
