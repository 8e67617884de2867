#include "fork.hpp"

#include <pthread.h>

#include "loader_lock.hpp"
#include "tracker/recorder/recorder.hpp"

namespace alloclens::tracker {
namespace {

// A signal handler may fork while its thread is inside the tracker. The thread may hold the lock then, so it can't wait
// for it; and the child's copy of what the lock guards may be half changed, but a child uses none of it.

void prepare() {
    ThisThread& me = this_thread;
    me.guard_before_fork = me.guard;
    me.guard = Guard::recording;
    if (me.guard_before_fork != Guard::recording) recorder::before_fork();
}

void in_parent() {
    ThisThread& me = this_thread;
    if (me.guard_before_fork != Guard::recording) recorder::after_fork_in_parent();
    me.guard = me.guard_before_fork;
}

void in_child() {
    look_at_loader_lock_in_child();
    recorder::after_fork_in_child();
    this_thread.guard = this_thread.guard_before_fork;
}

}  // namespace

void watch_forks() {
    static const int registered = (find_loader_lock(), pthread_atfork(prepare, in_parent, in_child));
    (void)registered;
}

}  // namespace alloclens::tracker
