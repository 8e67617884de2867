#include "truncation_guard.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>

#include <sys/mman.h>

namespace alloclens::tracker {
namespace {

struct Region {
    std::atomic<std::uintptr_t> start{0};
    std::atomic<std::size_t> size{0};
};

constinit Region regions[2];  // while a slot moves, both are in use
constinit std::atomic<bool> truncated{false};
constinit struct sigaction previous {};

/// Private memory in the file's place: the interrupted store is repeated there and the program goes on.
bool replace(const siginfo_t* info) {
    if (info->si_code != BUS_ADRERR) return false;
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    for (const Region& region : regions) {
        const std::uintptr_t start = region.start;
        const std::size_t size = region.size;
        if (address - start >= size) continue;
        void* const memory = ::mmap(reinterpret_cast<void*>(start), size, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (memory == MAP_FAILED) return false;
        truncated.store(true, std::memory_order_release);
        return true;
    }
    return false;
}

void on_bus_error(int signal, siginfo_t* info, void* context) {
    const int saved = errno;
    if (replace(info)) {
        errno = saved;
        return;
    }
    if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(signal, info, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(signal);
    } else if (previous.sa_handler == SIG_IGN && info->si_code <= 0) {
        // Sent by a process, and ignored as it would be without us.
    } else {
        // As without us: the fault repeats, or the signal is sent again, and ends the process.
        ::sigaction(signal, &previous, nullptr);
        if (info->si_code <= 0) ::raise(signal);
    }
    errno = saved;
}

}  // namespace

void install_truncation_guard() {
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigemptyset(&action.sa_mask);
    struct sigaction before {};
    ::sigaction(SIGBUS, &action, &before);
    if (!(before.sa_flags & SA_SIGINFO) || before.sa_sigaction != on_bus_error) previous = before;
}

void remove_truncation_guard() {
    struct sigaction current {};
    ::sigaction(SIGBUS, nullptr, &current);
    if (current.sa_flags & SA_SIGINFO && current.sa_sigaction == on_bus_error) ::sigaction(SIGBUS, &previous, nullptr);
    for (Region& region : regions) region.size = 0;
    truncated = false;
}

void guard_against_truncation(void* start, std::size_t size) {
    regions[1].size = 0;
    regions[1].start = regions[0].start.load();
    regions[1].size = regions[0].size.load();
    regions[0].size = 0;
    regions[0].start = reinterpret_cast<std::uintptr_t>(start);
    regions[0].size = size;
}

bool was_truncated() { return truncated.load(std::memory_order_acquire); }

}  // namespace alloclens::tracker
