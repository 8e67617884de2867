// What events have in common. The hot path: inlined into each.
#pragma once

#include "state.hpp"
#include "threads.hpp"
#include "tracker/cpython/thread_state.hpp"

namespace alloclens::tracker {

/// Now and then: time, resident memory, mail, and whether writing still works.
void beat();

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

/// Near the beginning of a threading.Thread, whose name is looked at there.
inline bool is_low(const ThisThread& me, const StackWalk& walk) { return walk.count - 1 < me.name_below; }

/// What every event begins with, under the lock. False when tracking has ended meanwhile, even if it began anew. `walk`
/// holds the event's stack, when it has one.
inline bool begin_event(ThisThread& me, std::size_t size, const StackWalk* walk = nullptr) {
    if (!activity.on.load(std::memory_order_relaxed) || me.session != S.session) [[unlikely]] return false;
    if (S.pulse.due(size)) [[unlikely]] beat();
    S.stream.switch_thread(me.id);
    if (!walk) return true;
    if (me.name_round != S.name_round) [[unlikely]] tell_name(me, walk);
    if (is_low(me, *walk)) [[unlikely]] look_at_thread_object(me, *walk);
    return true;
}

inline std::uint32_t stack_of(StackWalk* walk) {
    if (!walk) [[unlikely]] return 0;
    if (S.native && walk->native) [[unlikely]] return S.mixed.find(*walk, *walk->native, S.stacks, S.stream, S.sources);
    return S.stacks.find(*walk, S.stream, S.sources);
}

/// Before an allocation is written.
inline void tell_region(ThisThread& me) {
    if (S.current_region.in_use()) [[unlikely]] S.stream.region(S.regions.id_in(S.stream, S.session, me.region));
}

// limit.cpp
[[gnu::noinline]] void look_at_limit(ThisThread& me, std::uint64_t size, std::uint32_t stack);

/// After an allocation was recorded.
inline void spend(ThisThread& me, std::size_t size, std::uint32_t stack) {
    if (!S.limit.spend(size)) [[unlikely]] look_at_limit(me, size, stack);
}

}  // namespace alloclens::tracker
