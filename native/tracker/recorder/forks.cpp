// A process that forks, and the child that goes on with its parent's hooks.
#include <climits>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include <unistd.h>

#include "state.hpp"
#include "tracker/live/own_memory.hpp"

namespace alloclens::tracker {
namespace {

/// Why the child has no capture; null when it has begun.
const char* begin_child(Children& family) {
    char path[PATH_MAX] = {};
    const pid_t pid = ::getpid();
    if (!family.free_path(pid, path, sizeof path)) return "the name of its capture would be too long";
    // The parent is told before, since our own mailbox takes the place of its.
    family.mailbox().post({format::Birth::fork, pid, std::strrchr(path, '/') + 1, nullptr, nullptr});
    S.options.overwrite = false;
    try {
        if (begin_capture(path, std::string(S.identity.run_id)).empty()) return nullptr;
    } catch (const std::bad_alloc&) {
        S.stream.abandon();
    }
    family.mailbox().post({format::Birth::failed, pid, nullptr, nullptr, nullptr});
    return "its capture could not be created";
}

void follow_forked_child() {
    S.begins_with_event = true;
    ++S.session;  // so that every thread asks
    S.quick = kNever;
    activity.on.store(true, std::memory_order_relaxed);
}

/// Another thread had to go on meanwhile, so what the lock guards may be half changed.
void name_unfollowed_child() {
    children().mailbox().post({format::Birth::fork, ::getpid(), nullptr, "its parent was recording at that moment", nullptr});
}

}  // namespace

void begin_in_forked_child() {
    Children& family = children();
    const char* const refusal = begin_child(family);
    if (!refusal) return;
    family.mailbox().post({format::Birth::fork, ::getpid(), nullptr, refusal, nullptr});
    S.begins_with_event = false;
    activity.on.store(false, std::memory_order_relaxed);
}

namespace recorder {

void before_fork() {
    // First: who is inside the dynamic linker waits for its lock, whose holder may wait for ours.
    const bool places_whole = return_places.begin_fork();
    S.lock.lock();
    hold_own_memory();
    S.was_on = activity.on.load(std::memory_order_relaxed);
    S.places_whole = places_whole;
    S.lock.lend();
}

void after_fork_in_parent() {
    release_own_memory();
    return_places.end_fork();
    if (!S.lock.take_back()) return;
    S.was_on = false;
    S.lock.unlock();
}

void after_fork_in_child() {
    inherit_own_memory();
    activity.on.store(false, std::memory_order_relaxed);
    S.process = 0;
    S.stream.abandon();
    return_places.end_fork_in_child();
    const bool whole = S.lock.take_back() && S.places_whole;
    if (std::exchange(S.was_on, false) && children().followed()) {
        if (whole) follow_forked_child();
        else name_unfollowed_child();
    }
    S.lock.unlock();
}

void forget_forked_child() {
    activity.on.store(false, std::memory_order_relaxed);
    S.begins_with_event = false;
}

}  // namespace recorder
}  // namespace alloclens::tracker
