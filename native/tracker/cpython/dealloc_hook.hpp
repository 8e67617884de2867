// Stands before the function that frees objects of one of the interpreter's own types.
#pragma once

#include <atomic>

#include "layout.hpp"

namespace alloclens::tracker {

class DeallocHook {
  public:
    using Dealloc = void (*)(void*);

    /// May be called again, by several threads at once, and without the GIL.
    void place(void* type, Dealloc ours) {
        auto* const slot = reinterpret_cast<Dealloc*>(static_cast<char*>(type) + kTypeDealloc);
        const Dealloc present = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
        if (present == ours) return;  // left by a removal that found another's function above ours, or by a fork
        original_.store(present, std::memory_order_release);
        ours_ = ours;
        slot_ = slot;
        __atomic_store_n(slot, ours, __ATOMIC_RELEASE);
    }

    void remove() {
        if (!slot_ || __atomic_load_n(slot_, __ATOMIC_ACQUIRE) != ours_) return;
        __atomic_store_n(slot_, original_.load(std::memory_order_acquire), __ATOMIC_RELEASE);
    }

    /// What `ours` ends with.
    void pass_on(void* object) { original_.load(std::memory_order_acquire)(object); }

  private:
    Dealloc* slot_ = nullptr;
    Dealloc ours_ = nullptr;
    std::atomic<Dealloc> original_{nullptr};
};

}  // namespace alloclens::tracker
