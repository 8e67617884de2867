// A capture of this process, from its beginning to its end.
#include <cstdio>
#include <ctime>
#include <mutex>
#include <new>
#include <string>

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "state.hpp"
#include "threads.hpp"
#include "tracker/cpython/frame_objects.hpp"
#include "tracker/writer/truncation_guard.hpp"

namespace alloclens::tracker {

constinit thread_local ThisThread this_thread;
constinit Activity activity;
constinit std::atomic<std::uint64_t> lost_events{0};
Undying undying;

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

/// Sentences about what the capture lacks, as JSON.
std::string end_notes(const recorder::Ending& ending) {
    std::string json;
    const auto add = [&](const std::string& sentence) { json += (json.empty() ? "" : ", ") + json_string(sentence); };
    if (const std::uint32_t missed = children().mailbox().refused()) {
        add(std::to_string(missed) + (missed == 1 ? " note" : " notes") +
            " about child processes found no place, since so many came at once: not all of them are named here.");
    }
    if (ending.unhooked) {
        add("Another tool put back the allocators that Python had before AllocLens hooked them (as tracemalloc.stop() does): "
            "what Python's own allocators did from then on is missing, so blocks may seem unfreed that are not.");
    }
    return json;
}

/// The payload of the end block.
std::string end_text(const recorder::Ending& ending, const std::string& failed) {
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
    if (const std::string notes = end_notes(ending); !notes.empty()) json += ", \"notes\": [" + notes + "]";
    if (S.limit.refused()) json += ", \"refused\": " + std::to_string(S.limit.refused());
    return json + ", \"peak_rss_pages\": " + std::to_string(S.at_end.peak_rss_pages) + "}";
}

/// The program has called exit(3), past the interpreter: `run` ends a capture before.
void leave_process(int status, void*) {
    if (recorder::tracked_process() == ::getpid()) recorder::finish_soon({"exit", true, status & 0xFF});
}

/// Once for the process. Empty, or a sentence.
std::string prepare_process() {
    static const bool prepared = [] {
        ::madvise(&activity, sizeof activity, MADV_WIPEONFORK);
        ::on_exit(leave_process, nullptr);
        return watch_thread_ends();
    }();
    return prepared ? "" : "The process has no key for thread storage left, so AllocLens cannot track it.";
}

}  // namespace

void take_mail() {
    children().mailbox().take([](const void* data, std::size_t size) { S.stream.block(format::BlockKind::child, data, size); });
}

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

bool finish_capture(const recorder::Ending& ending) {
    S.pulse.sample(S.stream);
    take_mail();
    children().end();
    S.at_end = {S.stream.events(), lost_events.load(), S.pulse.peak_pages()};
    bool whole = false;
    try {
        const std::string failed = S.stream.failure();
        whole = S.stream.finish(end_text(ending, failed)) && failed.empty();
    } catch (const std::bad_alloc&) {
        S.stream.abandon();  // the capture is cut short, and the program goes on
    }
    activity.refuses.store(false, std::memory_order_relaxed);
    S.reader.end();
    S.stacks.end();
    S.mixed.end();
    S.sources.end();
    return whole;
}

namespace recorder {

std::string begin(const Interpreter& interpreter, const RecorderOptions& options) {
    const Inside inside;
    if (std::string sentence = prepare_process(); !sentence.empty()) return sentence;
    // It asks the loader, which may hold its lock while a constructor that allocates waits for ours.
    ThreadObjects thread_objects = S.thread_objects;
    thread_objects.begin(interpreter);
    const std::lock_guard hold(S.lock);
    S.interpreter = interpreter;
    S.options = options;
    S.thread_objects = thread_objects;
    StackWalk::choose_version(interpreter.version_index);
    choose_quick_way(interpreter.version_index);
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
        const bool whole = finish_capture(ending);
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
    if (activity.on.exchange(false)) finish_capture(ending);
    S.lock.unlock();
}

void record_abort() {
    const KeepErrno keep;
    const Inside inside;
    const std::lock_guard hold(S.lock);
    if (activity.on.load(std::memory_order_relaxed)) S.stream.aborting();
}

int tracked_process() { return S.process; }

void record_child(const ChildNote& note) {
    const Inside inside;
    const std::lock_guard hold(S.lock);
    take_mail();  // what came before, also if this process goes no further
    S.stream.block(format::BlockKind::child, note.data(), note.size());
}

std::string failure() {
    const Inside inside;
    const std::lock_guard hold(S.lock);
    return S.stream.failure();
}

}  // namespace recorder
}  // namespace alloclens::tracker
