#include "loader_lock.hpp"

#include <array>
#include <atomic>
#include <cstddef>

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace alloclens::tracker {
namespace {

/// As the C library lays it out on x86-64.
struct Mutex {
    int lock;
    unsigned count;
    int owner;
    unsigned users;
    int kind;
};

constinit const Mutex* found = nullptr;
constinit std::atomic<bool> lost{false};

struct Search {
    const char* begin;
    const char* end;
    int thread;
    std::array<const Mutex*, 4> held{};  ///< the linker may be loading us, and hold its other lock, too
    std::size_t count = 0;

    bool is_held(const Mutex& mutex) const {
        return mutex.owner == thread && mutex.kind == PTHREAD_MUTEX_RECURSIVE && mutex.count >= 1 && mutex.users == 1 && mutex.lock != 0;
    }
    void look() {
        for (const char* at = begin; at + sizeof(pthread_mutex_t) <= end && count < held.size(); at += alignof(pthread_mutex_t)) {
            const auto* const mutex = reinterpret_cast<const Mutex*>(at);
            if (is_held(*mutex)) held[count++] = mutex;
        }
    }
};

}  // namespace

void find_loader_lock() {
    Dl_info info;
    void* entry = nullptr;
    auto* const data = static_cast<const char*>(dlsym(RTLD_DEFAULT, "_rtld_global"));
    if (found || !data || !dladdr1(data, &info, &entry, RTLD_DL_SYMENT) || !entry) return;
    Search search{data, data + static_cast<const ElfW(Sym)*>(entry)->st_size, static_cast<int>(::syscall(SYS_gettid))};
    dl_iterate_phdr([](dl_phdr_info*, std::size_t, void* pointer) {
        static_cast<Search*>(pointer)->look();
        return 1;
    }, &search);
    for (std::size_t i = 0; i < search.count; ++i) {
        if (!search.is_held(*search.held[i])) found = search.held[i];
    }
}

void look_at_loader_lock_in_child() {
    // Where it was not found nothing is known to be wrong.
    if (found && found->lock != 0) lost = true;
}

bool may_ask_loader() { return !lost.load(std::memory_order_relaxed); }

}  // namespace alloclens::tracker
