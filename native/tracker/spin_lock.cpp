#include "spin_lock.hpp"

#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_clone3
#define SYS_clone3 435  // since Linux 5.3
#endif

namespace alloclens::tracker {

bool YieldingLock::is_held_up(pid_t thread) {
    int cancellable = 0;  // open and read are places of it
    ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellable);
    char text[64] = {};
    std::snprintf(text, sizeof text, "/proc/self/task/%d/syscall", thread);
    const int file = ::open(text, O_RDONLY | O_CLOEXEC);
    const auto length = file < 0 ? 0 : ::read(file, text, sizeof text - 1);
    if (file >= 0) ::close(file);
    ::pthread_setcancelstate(cancellable, nullptr);
    text[length > 0 ? length : 0] = 0;
    if (text[0] < '0' || text[0] > '9') return false;  // it runs
    const long call = std::strtol(text, nullptr, 10);
    return call != SYS_clone && call != SYS_clone3 && call != SYS_fork && call != SYS_vfork;
}

}  // namespace alloclens::tracker
