// What the tracker keeps for each thread. Initial-exec thread storage: reading it is one instruction and never allocates.
#pragma once

#include <cstdint>

namespace alloclens::tracker {

class StackWalk;

/// Where a thread is, as a hook sees it.
enum class Guard : std::uint8_t {
    outside = 0,           ///< what happens is recorded
    recording = 1,         ///< inside the tracker: a hook entered now comes from a signal handler, its event is lost
    python_allocator = 2,  ///< below CPython's own allocator: only the arenas that it maps are recorded
    allocator = 3,         ///< below the C library's allocator, or what replaces it: all is part of the one request
};

struct ThisThread {
    Guard guard = Guard::outside;
    Guard guard_before_fork = Guard::outside;
    bool frees_only = false;    ///< of a thread that is not tracked: it may give back what a tracked one allocated
    bool ended = false;         ///< its walk was given back, so what its last destructors allocate has no stack
    bool moving = false;        ///< `giving_back` is part of a realloc, which asks for the new block, too
    const void* giving_back = nullptr;  ///< below CPython's own allocator: the block that it frees
    std::uint32_t session = 0;  ///< in which `id` was given
    std::uint32_t quick = 0;    ///< the same while events of this thread may take the quick way, else 0
    std::uint32_t id = 0;
    std::uint32_t name_below = 0;  ///< the name is looked at when the stack has fewer frames than this; recorder/threads.cpp
    std::uint32_t name_round = 0;  ///< when it was looked at last
    std::uint64_t told_name = 0;   ///< hash of the name that the capture was told
    const void* name_object = nullptr;  ///< the str that it was, of a Thread object; null: the kernel's
    StackWalk* walk = nullptr;
    const void* python = nullptr;  ///< the PyThreadState that was found to be this thread's last
    const void* context = nullptr;   ///< the thread's Python context when `region_there` was looked up
    std::uint64_t context_version = 0;
    std::uint32_t region_there = 0;  ///< in that context
    std::uint32_t region = 0;        ///< of the event that is being recorded
};

[[gnu::visibility("hidden")]] extern constinit thread_local ThisThread this_thread;

/// What a thread is while the allocator works. What one that replaces the C library's calls in turn (its own functions,
/// mmap) is the same request. The C library's reaches no hook: one that is entered meanwhile comes from a signal handler.
extern constinit Guard below_allocator;

/// Keeps hooks of this thread from recording, whatever the tracker calls.
class Inside {
  public:
    explicit Inside(Guard guard = Guard::recording) : before_(this_thread.guard) { this_thread.guard = guard; }
    ~Inside() { this_thread.guard = before_; }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

  private:
    Guard before_;
};

/// The same for a thread that is known to be outside.
class InsideFromOutside {
  public:
    explicit InsideFromOutside(Guard guard = Guard::recording) { this_thread.guard = guard; }
    ~InsideFromOutside() { this_thread.guard = Guard::outside; }
    InsideFromOutside(const InsideFromOutside&) = delete;
    InsideFromOutside& operator=(const InsideFromOutside&) = delete;
};

/// Below one of CPython's frees: what is asked for there is no part of it, and what is freed there neither but for the block
/// itself. Another tool's functions stand below ours, and tracemalloc's keep a table of all blocks in malloc's memory.
class BesideFree {
  public:
    BesideFree() : block_(this_thread.giving_back), guard_(this_thread.guard) {
        this_thread.giving_back = nullptr;
        if (guard_ == Guard::python_allocator) this_thread.guard = Guard::outside;
    }
    ~BesideFree() {
        this_thread.giving_back = block_;
        this_thread.guard = guard_;
    }
    BesideFree(const BesideFree&) = delete;
    BesideFree& operator=(const BesideFree&) = delete;

  private:
    const void* block_;
    Guard guard_;
};

}  // namespace alloclens::tracker
