// The one lock of the event stream. Held for tens of nanoseconds, seldom for a millisecond (a block is compressed).
#pragma once

#include <atomic>

#include <dlfcn.h>
#include <sched.h>
#include <time.h>

namespace alloclens::tracker {

/// Never sleeps in the kernel on the way out, so it may be released in a forked child.
class SpinLock {
  public:
    SpinLock() {
        if (const void* const told = dlsym(RTLD_DEFAULT, "__libc_single_threaded")) single_threaded_ = static_cast<const char*>(told);
    }

    void lock() {
        while (!lock_quickly()) wait();
    }
    /// False when another thread has it.
    bool lock_quickly() {
        // No other thread: a plain store does what the C library's own malloc does then, and saves 20 cycles an event. A
        // thread that is created meanwhile, by a signal handler, sees the store.
        if (*single_threaded_) [[likely]] {
            held_.store(true, std::memory_order_relaxed);
            std::atomic_signal_fence(std::memory_order_seq_cst);
            return true;
        }
        return try_lock();
    }
    bool try_lock() { return !held_.exchange(true, std::memory_order_acquire); }
    void unlock() {
        held_.store(false, std::memory_order_release);
        std::atomic_signal_fence(std::memory_order_seq_cst);  // what lets a signal handler in comes later
    }

  private:
    [[gnu::noinline]] void wait() {
        for (int round = 0; held_.load(std::memory_order_relaxed); ++round) {
            if (round < 100) {
                __builtin_ia32_pause();
            } else if (round < 10'000) {
                sched_yield();
            } else {
                // Its holder may be a thread that the kernel runs only when this one, of a higher priority, does not.
                const timespec moment{0, 50'000};
                clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, nullptr);
            }
        }
    }

    static constexpr char kUnknown = 0;  // before glibc 2.32
    const char* single_threaded_ = &kUnknown;
    std::atomic<bool> held_{false};
};

}  // namespace alloclens::tracker
