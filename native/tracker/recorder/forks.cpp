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
    S.lock.lock();
    return_places.lock().lock();
    hold_own_memory();
    S.was_on = activity.on.load(std::memory_order_relaxed);
}

void after_fork_in_parent() {
    S.was_on = false;
    return_places.lock().unlock();
    release_own_memory();
    S.lock.unlock();
}

void after_fork_in_child() {
    release_own_memory();
    activity.on.store(false, std::memory_order_relaxed);
    S.process = 0;
    S.stream.abandon();
    return_places.lock().unlock();
    if (std::exchange(S.was_on, false) && children().followed()) {
        S.begins_with_event = true;
        ++S.session;  // so that every thread asks
        S.quick = kNever;
        activity.on.store(true, std::memory_order_relaxed);
    }
    S.lock.unlock();
}

void forget_forked_child() {
    activity.on.store(false, std::memory_order_relaxed);
    S.begins_with_event = false;
}

}  // namespace recorder
}  // namespace alloclens::tracker
