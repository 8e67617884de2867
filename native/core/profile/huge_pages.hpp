// Memory in pages of 2 MiB where the kernel has them: our tables are looked up at random, and each miss of a small
// page's translation would cost as much as the miss of the cache.
#pragma once

#include <sys/mman.h>

#include <cstddef>
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
        // By `new`, which is the tracker's own inside it.
        void* const memory = ::operator new(bytes, std::align_val_t{huge ? kHuge : kSmall});
        if (huge) ::madvise(memory, bytes, MADV_HUGEPAGE);
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t count) {
        ::operator delete(memory, std::align_val_t{count * sizeof(T) >= kHuge ? kHuge : kSmall});
    }

    template <class Other>
    bool operator==(const HugePages<Other>&) const { return true; }

  private:
    static constexpr std::size_t kHuge = 2 << 20, kSmall = 64;
};

}  // namespace alloclens::core
