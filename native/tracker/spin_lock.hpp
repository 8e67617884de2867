// The one lock of the event stream. Held for tens of nanoseconds, seldom for a millisecond (a block is compressed).
#pragma once

#include <atomic>

#include <sched.h>

namespace alloclens::tracker {

/// Never sleeps in the kernel on the way out, so it may be released in a forked child.
class SpinLock {
  public:
    void lock() {
        while (held_.exchange(true, std::memory_order_acquire)) [[unlikely]] wait();
    }
    bool try_lock() { return !held_.exchange(true, std::memory_order_acquire); }
    void unlock() { held_.store(false, std::memory_order_release); }

  private:
    [[gnu::noinline]] void wait() {
        for (int round = 0; held_.load(std::memory_order_relaxed); ++round) {
            if (round < 100) {
                __builtin_ia32_pause();
            } else {
                sched_yield();
            }
        }
    }

    std::atomic<bool> held_{false};
};

}  // namespace alloclens::tracker
