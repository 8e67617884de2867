// malloc and its family.
#include <cstdlib>

#include <malloc.h>

#include "tracker/recorder.hpp"
#include "wrappers.hpp"

namespace alloclens::tracker::hooked {
namespace {

using format::Allocator;

inline void* recorded(void* block, std::size_t size, Allocator allocator) {
    if (block && recording()) record_allocation(block, size, allocator);
    return block;
}

template <class Call>
inline void* reallocated(void* block, std::size_t size, Call call) {
    if (!recording()) return call();
    // glibc frees a block that is made zero bytes long, and returns null: that is no failure.
    const bool moves = block && size != 0;
    if (moves) {
        record_free_for_realloc(block);
    } else if (block) {
        record_free(block);
    }
    void* const moved = call();
    if (moved) {
        record_allocation(moved, size, Allocator::realloc);
    } else if (moves) {
        record_realloc_failed(block);
    }
    return moved;
}

}  // namespace

void* malloc(std::size_t size) { return recorded(::malloc(size), size, Allocator::malloc); }

void free(void* block) {
    if (block && recording()) record_free(block);
    ::free(block);
}

void* calloc(std::size_t count, std::size_t size) { return recorded(::calloc(count, size), count * size, Allocator::calloc); }

void* realloc(void* block, std::size_t size) {
    return reallocated(block, size, [=] { return ::realloc(block, size); });
}

void* reallocarray(void* block, std::size_t count, std::size_t size) {
    std::size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes)) return ::reallocarray(block, count, size);  // fails, changes nothing
    return hooked::realloc(block, bytes);  // glibc's reallocarray does the same, through its own patched import
}

int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
    const int error = ::posix_memalign(block, alignment, size);
    if (error == 0) recorded(*block, size, Allocator::posix_memalign);
    return error;
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
    return recorded(::aligned_alloc(alignment, size), size, Allocator::aligned_alloc);
}

void* memalign(std::size_t alignment, std::size_t size) {
    return recorded(::memalign(alignment, size), size, Allocator::memalign);
}

void* valloc(std::size_t size) { return recorded(::valloc(size), size, Allocator::valloc); }

void* pvalloc(std::size_t size) { return recorded(::pvalloc(size), size, Allocator::pvalloc); }

}  // namespace alloclens::tracker::hooked
