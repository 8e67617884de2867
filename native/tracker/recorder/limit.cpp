// What happens when the heap would pass the memory limit.
#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <new>
#include <string>

#include <unistd.h>

#include "core/format/bytes_text.hpp"
#include "event.hpp"
#include "tracker/live/where.hpp"

namespace alloclens::tracker {
namespace {

/// What is live, exactly.
std::uint64_t heap() {
    S.stream.catch_up();
    return S.reader.profile().ledger().heap();
}

void tell_limit(std::uint64_t size, std::uint64_t before, std::uint64_t refused, std::uint32_t stack, std::uint32_t thread) {
    const format::LimitReached reached{S.stream.time_us(), before, size, refused, stack, thread};
    S.stream.block(format::BlockKind::limit, &reached, sizeof reached);
}

using Line = std::array<char, 2048>;

/// Its length: 0 when there is no memory to say it with.
std::size_t compose_line(Line& line, std::uint64_t size, std::uint64_t before, std::uint32_t stack) {
    try {
        const std::string place = where(S.reader.profile(), stack);
        const int length = std::snprintf(line.data(), line.size(),
            "alloclens: The memory limit of %s was passed: %.900s asked for %s when %s were live. The program was killed; its capture is %.900s\n",
            format::bytes_text(S.limit.bytes()).c_str(), place.c_str(), format::bytes_text(size).c_str(),
            format::bytes_text(before).c_str(), S.stream.path().c_str());
        return std::min(static_cast<std::size_t>(length), line.size() - 1);
    } catch (const std::bad_alloc&) {
        return 0;
    }
}

/// As the kernel would, but with a capture that tells why.
[[noreturn]] void stop_program(ThisThread& me, std::uint64_t size, std::uint32_t stack) {
    const std::uint64_t before = S.reader.profile().ledger().heap() - size;
    tell_limit(size, before, 0, stack, me.id);
    Line line;
    const std::size_t length = compose_line(line, size, before, stack);
    activity.on.store(false);
    finish_capture({"memory_limit", false, 0});
    (void)!::write(2, line.data(), length);
    for (;;) ::kill(::getpid(), SIGKILL);
}

/// There was no memory to count with: what the program does is more important.
void forget_limit() {
    S.limit.begin(0, false);
    S.limit_lost = true;
    activity.refuses.store(false, std::memory_order_relaxed);
}

}  // namespace

[[gnu::noinline]] void look_at_limit(ThisThread& me, std::uint64_t size, std::uint32_t stack) {
    const KeepErrno keep;
    if (S.limit.look(size, heap)) stop_program(me, size, stack);
    if (S.reader.failed()) forget_limit();
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
        if (std::has_single_bit(refused) && begin_event(me, 0, walk)) {
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

}  // namespace alloclens::tracker
