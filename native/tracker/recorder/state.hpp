// What the recorder's parts share. All of it is guarded by the lock, except where a hook reads a hint.
#pragma once

#include <atomic>
#include <cstdint>

#include <sys/types.h>

#include "recorder.hpp"
#include "stack_ids.hpp"
#include "tracker/children/identity.hpp"
#include "tracker/cpython/thread_object.hpp"
#include "tracker/live/memory_limit.hpp"
#include "tracker/live/own_reader.hpp"
#include "tracker/native/mixed_stacks.hpp"
#include "tracker/regions/context.hpp"
#include "tracker/regions/regions.hpp"
#include "tracker/spin_lock.hpp"
#include "tracker/writer/pulse.hpp"

namespace alloclens::tracker {

constexpr std::uint32_t kNever = UINT32_MAX;

struct State {
    SpinLock lock;
    std::uint32_t session = 0;
    std::uint32_t quick = kNever;  ///< the session while its events may take the quick way
    Interpreter interpreter;
    EventStream stream;
    StackIds stacks;
    bool native = false;  ///< native stacks were asked for
    MixedStacks mixed;
    Sources sources;
    Pulse pulse;
    OwnReader reader;
    MemoryLimit limit;
    bool limit_lost = false;
    Regions regions;
    CurrentRegion current_region;
    ThreadObjects thread_objects;
    std::uint32_t name_round = 0;  ///< rises every 10 ms: then each thread's name is looked at
    StackWalk* pool = nullptr;  ///< of threads that ended
    int process = 0;
    pid_t only_thread = 0;      ///< 0: all are tracked
    struct {
        std::uint64_t events, lost_events, peak_rss_pages;
    } at_end{};
    RecorderOptions options;        ///< as the first capture of this process and its forked children began
    Identity identity;
    bool places_whole = true;       ///< while forking: no thread was looking for native code
    bool was_on = false;            ///< while forking, unless a signal handler forked inside the tracker
    bool begins_with_event = false; ///< in a forked child
};

/// Never destroyed: threads may allocate until the process is gone.
union Undying {
    Undying() : state() {}
    ~Undying() {}
    State state;
};
[[gnu::visibility("hidden")]] extern Undying undying;
static constexpr State& S = undying.state;

extern constinit std::atomic<std::uint64_t> lost_events;

inline std::uint64_t number(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

// events.cpp; under the lock
/// After what it depends on has changed.
void allow_quick_way();
void choose_quick_way(std::size_t version_index);

// capture.cpp; under the lock
/// When the hooks know the interpreter. Empty, or a sentence.
std::string begin_capture(const std::string& path, const std::string& parent_run_id);
/// With recording turned off.
bool finish_capture(const recorder::Ending& ending);
void take_mail();

// forks.cpp; under the lock
/// Its first event has come: so it goes on with this program, and does not become another one at once.
void begin_in_forked_child();

}  // namespace alloclens::tracker
