#include "threads.hpp"

#include <cstring>
#include <mutex>
#include <utility>

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <xxhash.h>

#include "state.hpp"
#include "tracker/cpython/text.hpp"
#include "tracker/cpython/thread_state.hpp"

namespace alloclens::tracker {
namespace {

constinit pthread_key_t at_thread_end = 0;

/// As Python calls it; the kernel has the name of the interpreter's file for it.
constexpr const char* kMainThread = "MainThread";
constexpr std::uint32_t kLow = 3;  ///< functions: Thread._bootstrap, ._bootstrap_inner, .run or ._delete
constexpr std::uint32_t kNotLooked = UINT32_MAX;

void leave_thread(void* walk) {
    const Inside inside;
    ThisThread& me = this_thread;
    me.walk = nullptr;
    me.quick = 0;
    me.ended = true;
    const std::lock_guard hold(S.lock);
    if (activity.on.load(std::memory_order_relaxed) && me.session == S.session) tell_name(me, nullptr);
    static_cast<StackWalk*>(walk)->next = S.pool;
    S.pool = static_cast<StackWalk*>(walk);
}

std::uint64_t hash_of(const char* name) { return XXH3_64bits(name, std::strlen(name)); }

void tell(ThisThread& me, const char* name) {
    const std::uint64_t hash = hash_of(name);
    if (hash == me.told_name) return;
    me.told_name = hash;
    S.stream.switch_thread(me.id);
    S.stream.thread_name(name);
}

}  // namespace

bool watch_thread_ends() {
    static const bool watched = pthread_key_create(&at_thread_end, leave_thread) == 0;
    return watched;
}

[[gnu::noinline]] void meet_thread(ThisThread& me) {
    const KeepErrno keep;
    const std::lock_guard hold(S.lock);
    if (!me.walk && !me.ended) {
        me.walk = S.pool;
        if (S.pool) S.pool = S.pool->next;
        if (!me.walk) me.walk = StackWalk::create();
        const Inside ours(Guard::allocator);  // the C library may call calloc for it
        if (me.walk) pthread_setspecific(at_thread_end, me.walk);
    }
    if (S.begins_with_event) begin_in_forked_child();
    if (S.native && me.walk && !me.walk->native) me.walk->native = NativeWalk::create();
    if (!activity.on.load(std::memory_order_relaxed)) return;
    const auto kernel_id = static_cast<pid_t>(::syscall(SYS_gettid));
    const bool main = kernel_id == ::getpid();
    char name[16] = {};
    if (main) std::strcpy(name, kMainThread);
    else ::prctl(PR_GET_NAME, name);
    me.told_name = hash_of(name);
    me.name_object = nullptr;
    me.name_below = main ? 0 : kNotLooked;  // the main thread begins with no Thread object
    me.frees_only = S.only_thread != 0 && kernel_id != S.only_thread;
    me.id = S.stream.define_thread(static_cast<std::uint64_t>(kernel_id), name);
    me.session = S.session;
    me.quick = me.walk && !me.frees_only ? S.session : 0;
}

[[gnu::noinline]] void look_at_thread_object(ThisThread& me, const StackWalk& walk) {
    const std::uint32_t first = S.thread_objects.outermost(walk);
    if (first == walk.count) return;
    const char* const frame = walk.levels[first].frame;
    const bool began = S.thread_objects.began(frame);
    // What began otherwise goes by the kernel's name, even if a greenlet in it began as a Thread.
    if (me.name_below == kNotLooked) me.name_below = began ? first + kLow : 0;
    const void* const object = began ? S.thread_objects.name(frame, thread_state(S.interpreter, me, false)) : nullptr;
    if (!object || object == me.name_object) return;
    me.name_object = object;
    char name[256];
    name[to_utf8(read_str(object, S.interpreter.layout()), name, sizeof name - 1, false)] = 0;
    tell(me, name);
}

[[gnu::noinline]] void tell_name(ThisThread& me, const StackWalk* walk) {
    const KeepErrno keep;
    me.name_round = S.name_round;
    if (walk && walk->count && me.name_below) {
        const void* const last = std::exchange(me.name_object, nullptr);  // another str may have come to lie where it was
        look_at_thread_object(me, *walk);
        if (!me.name_object) me.name_object = last;
    }
    if (me.name_object || me.told_name == hash_of(kMainThread)) return;
    char name[16] = {};
    if (::prctl(PR_GET_NAME, name) == 0) tell(me, name);
}

}  // namespace alloclens::tracker
