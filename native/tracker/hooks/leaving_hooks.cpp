// The ways out of the process that run no exit handlers.
#include <cstdlib>

#include <unistd.h>

#include "tracker/recorder/recorder.hpp"
#include "wrappers.hpp"

namespace alloclens::tracker::hooked {
namespace {

/// A vfork child shares our memory, not our process: it leaves alone.
bool leaving() { return recording() && ::getpid() == recorder::tracked_process(); }

}  // namespace

void exit(int status) {
    if (leaving()) recorder::finish_soon({"exit", true, status & 0xFF});
    ::_exit(status);
}

void abort() {
    if (leaving()) recorder::record_abort();
    ::abort();
}

}  // namespace alloclens::tracker::hooked
