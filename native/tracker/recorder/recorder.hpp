// The one stream of events: who asked for memory, and from which stack. Hooks call it; nothing here is called by Python.
//
// A hook may call in from any thread at any time. Frames are read outside the lock, since they are the thread's own;
// ids are given and bytes written under it, so the order in the capture is the order in which the calls return here.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/format/layout.hpp"
#include "tracker/children/children.hpp"
#include "tracker/cpython/interpreter.hpp"
#include "tracker/this_thread.hpp"
#include "tracker/writer/sources.hpp"

namespace alloclens::tracker {

/// Read by every hook. It has a page of its own, which the kernel clears in a forked child, however that was made: a
/// child never writes into its parent's capture.
struct alignas(4096) Activity {
    std::atomic<bool> on{false};
    std::atomic<bool> refuses{false};  ///< a memory limit makes allocations fail
    char rest[4096 - 2 * sizeof(std::atomic<bool>)] = {};
};
[[gnu::visibility("hidden")]] extern constinit Activity activity;

/// True when what this thread does now is to be recorded. One load and one compare while tracking.
void count_lost_event();
inline bool recording() {
    if (!activity.on.load(std::memory_order_relaxed)) [[likely]] return false;
    const Guard guard = this_thread.guard;
    if (guard == Guard::recording) [[unlikely]] count_lost_event();  // a signal handler interrupted us
    return guard == Guard::outside;
}

/// Returns the block. It is the function for the interpreter that runs.
[[gnu::visibility("hidden")]] extern void* (*record_allocation)(void* block, std::size_t size, format::Allocator allocator);
/// Before the block is given back: afterwards another thread may get the same address.
void record_free(const void* block);
/// A realloc is a free before and an allocation, or `record_realloc_failed`, after.
void record_free_for_realloc(const void* block);
void record_realloc_failed(const void* block);

/// Leave for an allocation of this thread, to be asked for before it and held until it was recorded. Costs a look at a
/// flag unless a memory limit is to make allocations fail.
class Admission {
  public:
    explicit Admission(std::size_t size) {
        if (!activity.refuses.load(std::memory_order_relaxed)) [[likely]] return;
        granted_ = ask(size);
        size_ = granted_ ? size : 0;
    }
    ~Admission() {
        if (size_) [[unlikely]] end();
    }
    Admission(const Admission&) = delete;
    Admission& operator=(const Admission&) = delete;

    /// When false the allocation must fail; errno says so already.
    explicit operator bool() const { return granted_; }

  private:
    static bool ask(std::size_t size);
    void end() const;
    std::size_t size_ = 0;
    bool granted_ = true;
};

/// What a system call did to the address space.
struct MappingChange {
    enum class Kind : std::uint8_t { none, map, unmap, remap, make_writable };
    Kind kind = Kind::none;
    std::uint8_t flags = 0;  ///< format::MappingFlags
    const void* old_address = nullptr;  ///< of unmap and remap
    std::size_t old_length = 0;
    const void* address = nullptr;  ///< of the others
    std::size_t length = 0;
};

void record_map(const void* address, std::size_t length, std::uint8_t flags);
/// Runs the system call under the lock, for its order among the others matters, and records what it tells. `may_allocate`:
/// it may tell another kind than unmap.
void record_change(bool may_allocate, void (*call)(void* context, MappingChange&), void* context);
template <class Call>
void record_change(bool may_allocate, Call call) {
    record_change(may_allocate, [](void* context, MappingChange& change) { (*static_cast<Call*>(context))(change); }, &call);
}

struct RecorderOptions {
    std::string path;
    bool overwrite = false;
    std::string metadata;       ///< without the keys of with_identity
    std::string parent_run_id;
    Children::Options children;
    Sources::Folders folders;
    bool sources = true;
    unsigned sample_interval_ms = 10;
    bool native_stacks = false;
    std::uint64_t memory_limit = 0;       ///< bytes of heap, 0: none
    bool memory_limit_refuses = false;    ///< else the program is stopped
    bool current_thread_only = false;  ///< the one that calls `begin`
    bool aggregate = false;               ///< sums instead of events
};

namespace recorder {

/// Creates the capture and, when that went well, turns recording on. Empty, or a sentence.
std::string begin(const Interpreter& interpreter, const RecorderOptions& options);
/// Turns recording off and finishes the capture. Empty, or a sentence about what is lost.
struct Ending {
    const char* reason;
    bool has_exit_status;
    int exit_status;
    bool unhooked = false;  ///< CPython's allocators no longer came to us
};
std::string finish(const Ending& ending);
/// For _exit: does the same unless the lock can't be had soon, for a thread that holds it may never run again.
void finish_soon(const Ending& ending);

/// The process is about to abort.
void record_abort();

/// Regions are the values of `variable`, which in the calling thread's context has the number `present` now. False, and
/// nothing has changed, when this interpreter keeps contexts in a way that we don't know. The GIL must be held.
bool follow_context(const Interpreter& interpreter, const void* variable, std::int64_t hash, std::uint32_t present);
/// The number of a region inside another one (0: in none); the same for the whole process.
std::uint32_t region(std::uint32_t parent, const std::string& name);
/// The calling thread has set the variable: to `entered`, or back (0).
void region_changed(std::uint32_t entered);

/// The process that is being tracked; 0 before the first, and in a forked child until its capture begins.
int tracked_process();

/// Into the capture of this process.
void record_child(const ChildNote& note);

/// Forking: the child gets the lock in a known state, and then forgets the capture without touching the file. Where
/// children are followed its own begins with its first event.
void before_fork();
void after_fork_in_parent();
void after_fork_in_child();
/// A forked child that has had no event is to have no capture.
void forget_forked_child();

std::string failure();

}  // namespace recorder
}  // namespace alloclens::tracker
