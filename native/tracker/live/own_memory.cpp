#include "own_memory.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include <sys/mman.h>

#include "tracker/pages.hpp"
#include "tracker/spin_lock.hpp"
#include "tracker/this_thread.hpp"

namespace alloclens::tracker {
namespace {

/// Before each block. Small blocks come in powers of two, with this in them; large ones are mappings of their own.
struct Header {
    void* mapping;     ///< of a large block, else null
    std::size_t size;  ///< of the mapping, or of the small block
};
static_assert(sizeof(Header) == __STDCPP_DEFAULT_NEW_ALIGNMENT__);

constexpr std::size_t kSmallest = 32, kLargestSmall = 64 * 1024, kPage = 4096;
constexpr std::size_t kClasses = std::countr_zero(kLargestSmall) - std::countr_zero(kSmallest) + 1;

struct Free {
    Free* next;
};

struct Memory {
    YieldingLock lock;
    std::array<Free*, kClasses> free{};  ///< by power of two
    char* fresh = nullptr;
    std::size_t left = 0;
};
constinit Memory memory;

void* map(std::size_t size) {
    void* const mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return mapped == MAP_FAILED ? nullptr : mapped;
}

/// Under the lock.
char* take_small(std::size_t size) {
    Free*& first = memory.free[static_cast<std::size_t>(std::countr_zero(size) - std::countr_zero(kSmallest))];
    if (Free* const block = first) {
        first = block->next;
        return reinterpret_cast<char*>(block);
    }
    if (memory.left < size) {  // what is left of the last piece is lost: seldom, and less than a block
        constexpr std::size_t kPiece = 1024 * 1024;
        memory.fresh = static_cast<char*>(map(kPiece));
        memory.left = memory.fresh ? kPiece : 0;
        if (!memory.fresh) return nullptr;
    }
    char* const block = memory.fresh;
    memory.fresh += size;
    memory.left -= size;
    return block;
}

void* allocate_large(std::size_t size, std::size_t alignment) {
    if (size > SIZE_MAX / 2 || alignment > SIZE_MAX / 4) return nullptr;
    const std::size_t whole = (sizeof(Header) + alignment + size + kPage - 1) / kPage * kPage;
    char* const mapped = static_cast<char*>(map(whole));
    if (!mapped) return nullptr;
    const auto address = reinterpret_cast<std::uintptr_t>(mapped) + sizeof(Header);
    auto* const block = reinterpret_cast<Header*>((address + alignment - 1) / alignment * alignment);
    block[-1] = {mapped, whole};
    return block;
}

void* allocate(std::size_t size, std::size_t alignment) {
    const KeepErrno keep;
    const Inside inside;  // a signal handler that allocates meanwhile must not come back here
    if (alignment > sizeof(Header) || size > kLargestSmall - sizeof(Header)) return allocate_large(size, alignment);
    const std::size_t whole = std::bit_ceil(std::max(size + sizeof(Header), kSmallest));
    const std::lock_guard hold(memory.lock);
    auto* const header = reinterpret_cast<Header*>(take_small(whole));
    if (!header) return nullptr;
    *header = {nullptr, whole};
    return header + 1;
}

void give_back(void* block) {
    if (!block) return;
    const KeepErrno keep;
    const Inside inside;
    Header* const header = static_cast<Header*>(block) - 1;
    if (header->mapping) {
        ::munmap(header->mapping, header->size);
        return;
    }
    Free*& first = memory.free[static_cast<std::size_t>(std::countr_zero(header->size) - std::countr_zero(kSmallest))];
    auto* const freed = reinterpret_cast<Free*>(header);
    const std::lock_guard hold(memory.lock);
    freed->next = first;
    first = freed;
}

}  // namespace

void* take_own_memory(std::size_t size, std::size_t alignment) { return allocate(size, alignment); }
void give_back_own_memory(void* block) { give_back(block); }

void hold_own_memory() {
    memory.lock.lock();
    memory.lock.lend();
}

void release_own_memory() {
    if (memory.lock.take_back()) memory.lock.unlock();
}

void inherit_own_memory() {
    if (!memory.lock.take_back()) {
        memory.free = {};
        memory.left = 0;
    }
    memory.lock.unlock();
}

}  // namespace alloclens::tracker
