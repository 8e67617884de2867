// The way out of the process that runs no exit handlers.
#include <unistd.h>

#include "tracker/recorder.hpp"
#include "wrappers.hpp"

namespace alloclens::tracker::hooked {

void exit(int status) {
    // A vfork child shares our memory, not our process: it ends alone.
    if (recording() && ::getpid() == recorder::tracked_process()) recorder::finish_soon({"exit", true, status & 0xFF});
    ::_exit(status);
}

}  // namespace alloclens::tracker::hooked
