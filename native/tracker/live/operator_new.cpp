// `new` and `delete` of this library alone: like everything else in it they are hidden from the program.
#include <cstddef>
#include <new>

#include "own_memory.hpp"

namespace {

void* take(std::size_t size, std::size_t alignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__) {
    if (void* const block = alloclens::tracker::take_own_memory(size, alignment)) return block;
    throw std::bad_alloc();
}

void give_back(void* block) { alloclens::tracker::give_back_own_memory(block); }

}  // namespace

void* operator new(std::size_t size) { return take(size); }
void* operator new[](std::size_t size) { return take(size); }
void* operator new(std::size_t size, std::align_val_t alignment) { return take(size, static_cast<std::size_t>(alignment)); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return take(size, static_cast<std::size_t>(alignment)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return alloclens::tracker::take_own_memory(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return alloclens::tracker::take_own_memory(size); }
void operator delete(void* block) noexcept { give_back(block); }
void operator delete[](void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t) noexcept { give_back(block); }
void operator delete[](void* block, std::size_t) noexcept { give_back(block); }
void operator delete(void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete[](void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }
