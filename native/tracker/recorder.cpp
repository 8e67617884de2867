#include "recorder.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <utility>

#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "children/identity.hpp"
#include "cpython/frame_objects.hpp"
#include "cpython/frame_reader.hpp"
#include "cpython/thread_state.hpp"
#include "core/format/bytes_text.hpp"
#include "live/memory_limit.hpp"
#include "live/own_memory.hpp"
#include "live/own_reader.hpp"
#include "live/where.hpp"
#include "native/mixed_stacks.hpp"
#include "regions/context.hpp"
#include "regions/regions.hpp"
#include "spin_lock.hpp"
#include "stack_ids.hpp"
#include "writer/pulse.hpp"
#include "writer/truncation_guard.hpp"

namespace alloclens::tracker {

constinit thread_local ThisThread this_thread;
constinit Activity activity;

namespace {

constexpr std::uint32_t kNever = UINT32_MAX;

struct State {
    SpinLock lock;
    std::uint32_t session = 0;
    std::uint32_t quick = kNever;  ///< the session while its events may take the quick way
    Interpreter interpreter;
    EventStream stream;
    StackIds stacks;
    bool native = false;  ///< native stacks were asked for
    MixedStacks mixed;
    Sources sources;
    Pulse pulse;
    OwnReader reader;
    MemoryLimit limit;
    bool limit_lost = false;
    Regions regions;
    CurrentRegion current_region;
    StackWalk* pool = nullptr;  // of threads that ended
    int process = 0;
    pid_t only_thread = 0;      // 0: all are tracked
    recorder::Counts at_end{};
    RecorderOptions options;        // as the first capture of this process and its forked children began
    Identity identity;
    bool was_on = false;            // while forking, unless a signal handler forked inside the tracker
    bool begins_with_event = false; // in a forked child
};

/// Never destroyed: threads may allocate until the process is gone.
union Undying {
    Undying() : state() {}
    ~Undying() {}
    State state;
};
Undying undying;
State& S = undying.state;
constinit std::atomic<std::uint64_t> lost_events{0};
constinit pthread_key_t at_thread_end = 0;

void begin_in_forked_child();

/// A thread's first event of a capture: its walk, its id. Null when there is no memory, or the thread is ending.
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
    ::prctl(PR_GET_NAME, me.name);
    const auto kernel_id = static_cast<pid_t>(::syscall(SYS_gettid));
    me.frees_only = S.only_thread != 0 && kernel_id != S.only_thread;
    me.id = S.stream.define_thread(static_cast<std::uint64_t>(kernel_id), me.name);
    me.session = S.session;
    me.quick = me.walk && !me.frees_only ? S.session : 0;
}

/// Threads get their names after they have begun to allocate. Under the lock.
void tell_new_name(ThisThread& me) {
    char name[sizeof me.name] = {};
    if (::prctl(PR_GET_NAME, name) != 0 || std::memcmp(name, me.name, sizeof name) == 0) return;
    std::memcpy(me.name, name, sizeof name);
    S.stream.switch_thread(me.id);
    S.stream.thread_name(name);
}

void leave_thread(void* walk) {
    const Inside inside;
    ThisThread& me = this_thread;
    me.walk = nullptr;
    me.quick = 0;
    me.ended = true;
    const std::lock_guard hold(S.lock);
    if (activity.on.load(std::memory_order_relaxed) && me.session == S.session) tell_new_name(me);
    static_cast<StackWalk*>(walk)->next = S.pool;
    S.pool = static_cast<StackWalk*>(walk);
}

/// The calling thread's frames, before the lock is taken.
inline StackWalk* walk_stack(ThisThread& me, bool holds_gil = false) {
    if (me.session != S.session) [[unlikely]] meet_thread(me);
    StackWalk* const walk = me.walk;
    if (!walk) [[unlikely]] return nullptr;
    const void* const thread = thread_state(S.interpreter, me, holds_gil);
    if (S.current_region.in_use()) [[unlikely]] S.current_region.read(me, thread);
    walk->read(thread);
    if (S.native && walk->native) [[unlikely]] walk->native->read(S.mixed.loop(thread));
    return walk;
}

inline std::uint32_t stack_of(StackWalk* walk) {
    if (!walk) [[unlikely]] return 0;
    if (S.native && walk->native) [[unlikely]] return S.mixed.find(*walk, *walk->native, S.stacks, S.stream, S.sources);
    return S.stacks.find(*walk, S.stream, S.sources);
}

/// Before an allocation is written. Under the lock.
inline void tell_region(ThisThread& me) {
    if (S.current_region.in_use()) [[unlikely]] S.stream.region(S.regions.id_in(S.stream, S.session, me.region));
}

inline std::uint64_t number(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

void take_mail() {
    children().mailbox().take([](const void* data, std::size_t size) { S.stream.block(format::BlockKind::child, data, size); });
}

[[gnu::noinline]] void beat(ThisThread& me) {
    const KeepErrno keep;
    if (S.pulse.beat(S.stream)) tell_new_name(me);
    take_mail();
    if (S.options.aggregate) S.pulse.keep_aggregate(S.stream);
    if (*S.stream.failure()) activity.on.store(false, std::memory_order_relaxed);
}

/// What every event begins with, under the lock. False when tracking has ended meanwhile, even if it began anew.
inline bool begin_event(ThisThread& me, std::size_t size) {
    if (!activity.on.load(std::memory_order_relaxed) || me.session != S.session) [[unlikely]] return false;
    if (S.pulse.due(size)) [[unlikely]] beat(me);
    S.stream.switch_thread(me.id);
    return true;
}

/// What is live, exactly.
std::uint64_t heap() {
    S.stream.catch_up();
    return S.reader.profile().ledger().heap();
}

void tell_limit(std::uint64_t size, std::uint64_t before, std::uint64_t refused, std::uint32_t stack, std::uint32_t thread) {
    const format::LimitReached reached{S.stream.time_us(), before, size, refused, stack, thread};
    S.stream.block(format::BlockKind::limit, &reached, sizeof reached);
}

bool finish_stream(const recorder::Ending& ending);

/// As the kernel would, but with a capture that tells why.
[[noreturn]] void stop_program(ThisThread& me, std::uint64_t size, std::uint32_t stack) {
    const std::uint64_t before = S.reader.profile().ledger().heap() - size;
    tell_limit(size, before, 0, stack, me.id);
    const std::string place = where(S.reader.profile(), stack);
    char text[2048];
    const int length = std::snprintf(text, sizeof text,
        "alloclens: The memory limit of %s was passed: %.900s asked for %s when %s were live. The program was killed; its capture is %.900s\n",
        format::bytes_text(S.limit.bytes()).c_str(), place.c_str(), format::bytes_text(size).c_str(),
        format::bytes_text(before).c_str(), S.stream.path().c_str());
    activity.on.store(false);
    finish_stream({"memory_limit", false, 0});
    (void)!::write(2, text, std::min(static_cast<std::size_t>(length), sizeof text - 1));
    for (;;) ::kill(::getpid(), SIGKILL);
}

/// There was no memory to count with: what the program does is more important.
void forget_limit() {
    S.limit.begin(0, false);
    S.limit_lost = true;
    activity.refuses.store(false, std::memory_order_relaxed);
}

[[gnu::noinline]] void look_at_limit(ThisThread& me, std::uint64_t size, std::uint32_t stack) {
    const KeepErrno keep;
    if (S.limit.look(size, heap)) stop_program(me, size, stack);
    if (S.reader.failed()) forget_limit();
}

/// After an allocation was recorded.
inline void spend(ThisThread& me, std::size_t size, std::uint32_t stack) {
    if (!S.limit.spend(size)) [[unlikely]] look_at_limit(me, size, stack);
}

}  // namespace

// The hot path (docs/cost.md). Events take the quick way, which calls nothing; where anything is unusual they go on in a
// function that can do all.

namespace {

/// Also with native stacks, regions, a memory limit, and when the thread is not known yet.
[[gnu::noinline]] void* record_in_full(void* block, std::size_t size, format::Allocator allocator) {
    ThisThread& me = this_thread;
    const InsideFromOutside inside;
    // CPython's allocators may be called with the GIL alone.
    StackWalk* const walk = walk_stack(me, allocator >= format::Allocator::pymem_malloc);
    if (me.frees_only) [[unlikely]] return block;
    const std::lock_guard hold(S.lock);
    if (!begin_event(me, size)) return block;
    tell_region(me);
    const std::uint32_t stack = stack_of(walk);
    S.stream.allocation(stack, size, allocator, number(block));
    spend(me, size, stack);
    return block;
}

/// With the walk that this thread has just made.
[[gnu::noinline]] void* record_walked(void* block, std::size_t size, format::Allocator allocator) {
    ThisThread& me = this_thread;
    const InsideFromOutside inside;
    const std::lock_guard hold(S.lock);
    if (begin_event(me, size)) S.stream.allocation(S.stacks.find(*me.walk, S.stream, S.sources), size, allocator, number(block));
    return block;
}

template <std::size_t V>
[[gnu::noinline]] void* walk_and_record(void* block, std::size_t size, format::Allocator allocator, const void* thread) {
    {
        const InsideFromOutside inside;
        FrameReader<V>::read_slowly(*this_thread.walk, thread, FrameReader<V>::newest(thread));
    }
    return record_walked(block, size, allocator);
}

/// Under the lock.
inline bool nothing_due(const ThisThread& me, std::size_t size) {
    return activity.on.load(std::memory_order_relaxed) && me.quick == S.quick && !S.pulse.due(size) && S.stream.has_room_for(me.id);
}

/// In one version of CPython: its walk is a part of it. No scopes, for what follows them is no jump.
template <std::size_t V>
void* record_quickly(void* block, std::size_t size, format::Allocator allocator) {
    ThisThread& me = this_thread;
    if (me.quick != S.quick) [[unlikely]] return record_in_full(block, size, allocator);
    me.guard = Guard::recording;
    const bool holds_gil = allocator >= format::Allocator::pymem_malloc;
    const void* const thread = thread_state(S.interpreter, me, holds_gil, kLayouts[V].current_is_own());
    StackWalk& walk = *me.walk;
    if (!FrameReader<V>::read_quickly(walk, FrameReader<V>::newest(thread))) [[unlikely]] {
        me.guard = Guard::outside;
        return walk_and_record<V>(block, size, allocator, thread);
    }
    if (!S.lock.lock_quickly()) [[unlikely]] {
        me.guard = Guard::outside;
        return record_walked(block, size, allocator);
    }
    std::uint32_t stack = 0;
    if (!nothing_due(me, size) || !S.stacks.find_quickly(walk, stack)) [[unlikely]] {
        S.lock.unlock();
        me.guard = Guard::outside;
        return record_walked(block, size, allocator);
    }
    S.stream.allocation_in_room(stack, size, allocator, number(block));
    S.lock.unlock();
    me.guard = Guard::outside;
    return block;
}

template <std::size_t... V>
void choose_quick_way(std::size_t version_index, std::index_sequence<V...>) {
    constexpr decltype(record_allocation) all[] = {record_quickly<V>...};
    record_allocation = all[version_index];
}

/// After what it depends on has changed. Under the lock.
void allow_quick_way() {
    const bool allowed = !S.native && !S.current_region.in_use() && S.limit.bytes() == 0;
    S.quick = allowed ? S.session : kNever;
}

[[gnu::noinline]] void free_in_full(const void* block, bool for_realloc) {
    ThisThread& me = this_thread;
    const InsideFromOutside inside;
    if (me.session != S.session) [[unlikely]] meet_thread(me);
    const std::lock_guard hold(S.lock);
    if (begin_event(me, 0)) S.stream.free(number(block), for_realloc);
}

template <bool ForRealloc>
[[gnu::always_inline]] inline void free_quickly(const void* block) {
    ThisThread& me = this_thread;
    if (me.quick != S.quick) [[unlikely]] return free_in_full(block, ForRealloc);
    me.guard = Guard::recording;
    if (!S.lock.lock_quickly()) [[unlikely]] {
        me.guard = Guard::outside;
        return free_in_full(block, ForRealloc);
    }
    if (!nothing_due(me, 0)) [[unlikely]] {
        S.lock.unlock();
        me.guard = Guard::outside;
        return free_in_full(block, ForRealloc);
    }
    S.stream.free_in_room(number(block), ForRealloc);
    S.lock.unlock();
    me.guard = Guard::outside;
}

}  // namespace

void* (*record_allocation)(void*, std::size_t, format::Allocator) = record_in_full;

void record_free(const void* block) { free_quickly<false>(block); }

void record_free_for_realloc(const void* block) { free_quickly<true>(block); }

void record_realloc_failed(const void* block) {
    const Inside inside;
    const std::lock_guard hold(S.lock);
    if (begin_event(this_thread, 0)) S.stream.realloc_failed(number(block));
}

void record_map(const void* address, std::size_t length, std::uint8_t flags) {
    ThisThread& me = this_thread;
    const Inside inside;
    StackWalk* const walk = walk_stack(me);
    if (me.frees_only) [[unlikely]] return;
    const std::lock_guard hold(S.lock);
    if (!begin_event(me, length)) return;
    tell_region(me);
    const std::uint32_t stack = stack_of(walk);
    S.stream.map(stack, flags, number(address), length);
    spend(me, length, stack);
}

void record_change(void (*call)(void*, MappingChange&), void* context) {
    using Kind = MappingChange::Kind;
    ThisThread& me = this_thread;
    const Inside inside;
    if (me.session != S.session) [[unlikely]] meet_thread(me);
    MappingChange change;
    const std::lock_guard hold(S.lock);
    call(context, change);
    if (change.kind == Kind::none || !begin_event(me, change.length)) return;
    const KeepErrno keep;
    if (me.frees_only) [[unlikely]] {  // what lay there is gone; what is there now is no tracked thread's
        if (change.kind == Kind::map) S.stream.unmap(number(change.address), change.length);
        if (change.kind == Kind::unmap || change.kind == Kind::remap) S.stream.unmap(number(change.old_address), change.old_length);
        return;
    }
    const std::uint32_t stack = change.kind == Kind::unmap ? 0 : stack_of(walk_stack(me));
    if (change.kind != Kind::unmap) tell_region(me);
    switch (change.kind) {
        case Kind::map: S.stream.map(stack, change.flags, number(change.address), change.length); break;
        case Kind::unmap: S.stream.unmap(number(change.old_address), change.old_length); break;
        case Kind::remap:
            S.stream.remap(stack, change.flags, number(change.old_address), change.old_length, number(change.address), change.length);
            break;
        case Kind::make_writable: S.stream.make_writable(stack, number(change.address), change.length); break;
        case Kind::none: break;
    }
    if (change.kind != Kind::unmap) spend(me, change.length, stack);
}

bool Admission::ask(std::size_t size) {
    {
        const KeepErrno keep;
        ThisThread& me = this_thread;
        const Inside inside;
        StackWalk* const walk = walk_stack(me);
        const std::lock_guard hold(S.lock);
        if (!activity.on.load(std::memory_order_relaxed) || me.session != S.session || S.limit.admit(size, heap)) return true;
        // What a program that tries again and again is refused is told ever more seldom.
        const std::uint64_t refused = S.limit.count_refusal();
        if (std::has_single_bit(refused) && begin_event(me, 0)) {
            tell_limit(size, S.reader.profile().ledger().heap(), refused, stack_of(walk), me.id);
        }
    }
    errno = ENOMEM;
    return false;
}

void Admission::end() const {
    const Inside inside;
    const std::lock_guard hold(S.lock);
    S.limit.end_admission(size_);
}

void count_lost_event() { lost_events.fetch_add(1, std::memory_order_relaxed); }

namespace {

void code_retired(const char* code) {
    const Inside inside;
    const std::lock_guard hold(S.lock);
    S.stacks.retire(code);
}

std::string json_string(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        char escape[8];
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            std::snprintf(escape, sizeof escape, "\\u%04x", c);
            out += escape;
        } else {
            out += c;
        }
    }
    return out + "\"";
}

/// Under the lock, with recording turned off.
bool finish_stream(const recorder::Ending& ending) {
    S.pulse.sample(S.stream);
    take_mail();
    children().end();
    const std::string failed = S.stream.failure();
    S.at_end = {S.stream.events(), lost_events.load(), S.pulse.peak_pages()};
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const auto end_us = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
    std::string json = "{\"end_time_us\": " + std::to_string(end_us);
    json += ", \"exit_status\": " + (ending.has_exit_status ? std::to_string(ending.exit_status) : "null");
    json += ", \"reason\": " + json_string(failed.empty() ? ending.reason : "failed");
    if (!failed.empty()) json += ", \"message\": " + json_string(failed);
    else if (S.limit_lost) json += ", \"message\": \"The memory limit was not watched to the end, for lack of memory.\"";
    json += ", \"events\": " + std::to_string(S.at_end.events);
    json += ", \"lost_events\": " + std::to_string(S.at_end.lost_events);
    if (S.limit.refused()) json += ", \"refused\": " + std::to_string(S.limit.refused());
    json += ", \"peak_rss_pages\": " + std::to_string(S.at_end.peak_rss_pages) + "}";
    const bool whole = S.stream.finish(json);
    activity.refuses.store(false, std::memory_order_relaxed);
    S.reader.end();
    S.stacks.end();
    S.mixed.end();
    S.sources.end();
    return whole && failed.empty();
}

/// Under the lock, when the hooks know the interpreter. Empty, or a sentence.
std::string begin_capture(const std::string& path, const std::string& parent_run_id) {
    install_truncation_guard();
    S.begins_with_event = false;
    const bool counted = S.options.memory_limit != 0 || S.options.aggregate;
    if (counted && !S.reader.begin(static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)))) {
        remove_truncation_guard();
        return "The kernel has no memory left to count what is live: nothing was begun.";
    }
    S.stream.read_by(counted ? &S.reader : nullptr);
    S.stream.aggregate(S.options.aggregate);
    const Identity identity{new_run_id(), parent_run_id};
    const std::string metadata = with_identity(S.options.metadata, identity);
    if (std::string sentence = S.stream.begin(path, S.options.overwrite, metadata); !sentence.empty()) {
        remove_truncation_guard();
        return sentence;
    }
    S.identity = identity;
    S.stacks.begin(S.interpreter.layout());
    S.sources.begin(S.options.folders, S.options.sources);
    S.pulse.begin(S.options.sample_interval_ms);
    S.pulse.sample(S.stream);
    S.stream.write_aggregate();
    lost_events = 0;
    ++S.session;
    S.native = S.options.native_stacks;
    if (S.native) S.mixed.begin(S.interpreter, S.session);
    S.process = ::getpid();
    S.only_thread = S.options.current_thread_only ? static_cast<pid_t>(::syscall(SYS_gettid)) : 0;
    children().begin(S.options.children, S.identity.run_id);
    S.limit_lost = false;
    S.limit.begin(S.options.memory_limit, S.options.memory_limit_refuses);
    activity.refuses.store(S.limit.refuses(), std::memory_order_relaxed);
    allow_quick_way();
    activity.on.store(true, std::memory_order_release);
    return {};
}

/// Its first event has come: so it goes on with this program, and does not become another one at once.
void begin_in_forked_child() {
    const pid_t pid = ::getpid();
    Children& family = children();
    char path[PATH_MAX] = {};
    const char* refusal = family.free_path(pid, path, sizeof path) ? nullptr : "the name of its capture would be too long";
    if (!refusal) {
        // The parent is told before, since our own mailbox takes the place of its.
        family.mailbox().post({format::Birth::fork, pid, std::strrchr(path, '/') + 1, nullptr, nullptr});
        S.options.overwrite = false;
        if (begin_capture(path, std::string(S.identity.run_id)).empty()) return;
        family.mailbox().post({format::Birth::failed, pid, nullptr, nullptr, nullptr});
        refusal = "its capture could not be created";
    }
    family.mailbox().post({format::Birth::fork, pid, nullptr, refusal, nullptr});
    S.begins_with_event = false;
    activity.on.store(false, std::memory_order_relaxed);
}

}  // namespace

namespace recorder {

std::string begin(const Interpreter& interpreter, const RecorderOptions& options) {
    const Inside inside;
    static const int no_key = [] {
        ::madvise(&activity, sizeof activity, MADV_WIPEONFORK);
        return pthread_key_create(&at_thread_end, leave_thread);
    }();
    if (no_key) return "The process has no key for thread storage left, so AllocLens cannot track it.";
    const std::lock_guard hold(S.lock);
    S.interpreter = interpreter;
    S.options = options;
    StackWalk::choose_version(interpreter.version_index);
    choose_quick_way(interpreter.version_index, std::make_index_sequence<kVersions>());
    watch_code_deaths(interpreter, code_retired);
    begin_frame_watch(interpreter.frame_type);
    std::string sentence = begin_capture(options.path, options.parent_run_id);
    if (!sentence.empty()) {
        forget_code_deaths();
        end_frame_watch();
    }
    return sentence;
}

std::string finish(const Ending& ending) {
    const Inside inside;
    forget_code_deaths();
    end_frame_watch();
    std::string sentence;
    {
        const std::lock_guard hold(S.lock);
        activity.on.store(false, std::memory_order_release);
        const bool there = S.stream.still_there();
        const bool whole = finish_stream(ending);
        sentence = S.stream.failure();
        if (sentence.empty() && !there) {
            sentence = "The capture " + S.stream.path() + " is no longer there: it was moved, replaced or deleted while the program ran.";
        } else if (sentence.empty() && !whole) {
            sentence = "The capture " + S.stream.path() + " could not be finished: it can be read up to this point.";
        }
    }
    remove_truncation_guard();
    return sentence;
}

void finish_soon(const Ending& ending) {
    const KeepErrno keep;
    const Inside inside;
    for (int tries = 0; !S.lock.try_lock(); ++tries) {
        if (tries == 1000) return;
        const timespec pause{0, 1'000'000};
        ::nanosleep(&pause, nullptr);
    }
    if (activity.on.exchange(false)) finish_stream(ending);
    S.lock.unlock();
}

void record_abort() {
    const KeepErrno keep;
    const Inside inside;
    const std::lock_guard hold(S.lock);
    if (activity.on.load(std::memory_order_relaxed)) S.stream.aborting();
}

bool follow_context(const Interpreter& interpreter, const void* variable, std::int64_t hash, std::uint32_t present) {
    const Inside inside;
    const std::lock_guard hold(S.lock);
    const CurrentRegion candidate(interpreter.version_index, variable, hash);
    CurrentRegion::changed(this_thread);
    if (candidate.read(this_thread, interpreter.this_thread_state()) != present) return false;
    S.current_region = candidate;
    allow_quick_way();
    return true;
}

std::uint32_t region(std::uint32_t parent, const std::string& name) {
    const Inside inside;
    const std::lock_guard hold(S.lock);
    return S.regions.find_or_add(parent, name);
}

void region_changed(std::uint32_t entered) {
    ThisThread& me = this_thread;
    CurrentRegion::changed(me);
    if (!entered || !recording()) return;
    const Inside inside;
    if (me.session != S.session) [[unlikely]] meet_thread(me);
    if (me.frees_only) return;
    const std::lock_guard hold(S.lock);
    if (begin_event(me, 0)) S.stream.region_entered(S.regions.id_in(S.stream, S.session, entered));
}

int tracked_process() { return S.process; }

void record_child(const ChildNote& note) {
    const Inside inside;
    const std::lock_guard hold(S.lock);
    take_mail();  // what came before, also if this process goes no further
    S.stream.block(format::BlockKind::child, note.data(), note.size());
}

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

std::string failure() {
    const Inside inside;
    const std::lock_guard hold(S.lock);
    return S.stream.failure();
}

Counts counts() {
    const Inside inside;
    const std::lock_guard hold(S.lock);
    if (!activity.on.load()) return S.at_end;
    return {S.stream.events(), lost_events.load(), S.pulse.peak_pages()};
}

}  // namespace recorder
}  // namespace alloclens::tracker
