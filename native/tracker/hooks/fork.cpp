#include "fork.hpp"

#include <pthread.h>

#include "import_tables.hpp"
#include "tracker/recorder.hpp"

namespace alloclens::tracker {
namespace {

constinit Guard before = Guard::outside;  // of the forking thread; under the recorder's lock

void prepare() {
    const Guard guard = this_thread.guard;
    this_thread.guard = Guard::recording;
    hold_import_tables();
    recorder::before_fork();
    before = guard;
}

void in_parent() {
    const Guard guard = before;
    recorder::after_fork_in_parent();
    release_import_tables();
    this_thread.guard = guard;
}

void in_child() {
    const Guard guard = before;
    recorder::after_fork_in_child();
    release_import_tables();
    this_thread.guard = guard;
}

}  // namespace

void watch_forks() {
    static const int registered = pthread_atfork(prepare, in_parent, in_child);
    (void)registered;
}

}  // namespace alloclens::tracker
