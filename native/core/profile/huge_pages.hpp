// Memory in pages of 2 MiB where the kernel has them: our tables are looked up at random, and each miss of a small
// page's translation would cost as much as the miss of the cache.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <new>

namespace alloclens::core {

template <class T>
struct HugePages {
    using value_type = T;

    HugePages() = default;
    template <class Other>
    HugePages(const HugePages<Other>&) {}

    T* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        const bool huge = bytes >= kHuge;
        const std::size_t alignment = huge ? kHuge : 64;
        void* const memory = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
        if (!memory) throw std::bad_alloc();
        if (huge) ::madvise(memory, bytes, MADV_HUGEPAGE);
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t) { std::free(memory); }

    template <class Other>
    bool operator==(const HugePages<Other>&) const { return true; }

  private:
    static constexpr std::size_t kHuge = 2 << 20;
};

}  // namespace alloclens::core
