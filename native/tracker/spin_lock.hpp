// The tracker's locks. That of the event stream is held for tens of nanoseconds, seldom for a millisecond (a block is
// compressed).
#pragma once

#include <atomic>

#include <dlfcn.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "pages.hpp"

namespace alloclens::tracker {

/// Past the C library, where it would be a place at which the thread may be cancelled.
inline void sleep_for_a_moment() {
    const timespec moment{0, 50'000};
    ::syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &moment, nullptr);
}

/// Never sleeps in the kernel on the way out, so it may be released in a forked child. Ready before any constructor has run.
class YieldingLock {
  public:
    void lock() {
        while (!try_lock()) {
            if (wait()) return;
        }
    }
    bool try_lock() { return !held_.exchange(true, std::memory_order_acquire); }
    void unlock() {
        held_.store(false, std::memory_order_release);
        std::atomic_signal_fence(std::memory_order_seq_cst);  // what lets a signal handler in comes later
    }

    /// While the thread that holds it forks. A library may have the fork wait for a lock of its own, whose holder waits for
    /// this one: that one then goes on.
    void lend() { lent_by_.store(static_cast<pid_t>(::syscall(SYS_gettid)), std::memory_order_release); }
    /// False when somebody has gone on: the lock is theirs, or free.
    bool take_back() { return lent_by_.exchange(0, std::memory_order_acquire) != 0; }

  protected:
    /// True when it was lent, and is the caller's now.
    [[gnu::noinline]] bool wait() {
        for (int round = 0; held_.load(std::memory_order_relaxed); ++round) {
            if (round < 100) {
                __builtin_ia32_pause();
            } else if (round < 1'000) {
                sched_yield();
            } else {
                const KeepErrno keep;
                const pid_t lender = lent_by_.load(std::memory_order_relaxed);
                if (lender && round % 128 == 0 && is_held_up(lender) && take_back()) return true;
                // Its holder may be a thread that the kernel runs only when this one, of a higher priority, does not.
                sleep_for_a_moment();
            }
        }
        return false;
    }

    /// Whether a thread of this process is in a system call, as the kernel says, but in none that copies the process.
    static bool is_held_up(pid_t thread);

    std::atomic<bool> held_{false};
    std::atomic<pid_t> lent_by_{0};
};

class SpinLock : public YieldingLock {
  public:
    SpinLock() {
        if (const void* const told = dlsym(RTLD_DEFAULT, "__libc_single_threaded")) single_threaded_ = static_cast<const char*>(told);
    }

    void lock() {
        while (!lock_quickly()) {
            if (wait()) return;
        }
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

  private:
    static constexpr char kUnknown = 0;  // before glibc 2.32
    const char* single_threaded_ = &kUnknown;
};

}  // namespace alloclens::tracker
