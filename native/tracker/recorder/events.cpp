// The hot path (docs/cost.md). Events take the quick way, which calls nothing; where anything is unusual they go on in a
// function that can do all.
#include "event.hpp"

#include <mutex>
#include <utility>

#include "tracker/cpython/frame_reader.hpp"

namespace alloclens::tracker {

[[gnu::noinline]] void beat() {
    const KeepErrno keep;
    if (S.pulse.beat(S.stream)) ++S.name_round;
    take_mail();
    if (S.options.aggregate) S.pulse.keep_aggregate(S.stream);
    if (*S.stream.failure()) activity.on.store(false, std::memory_order_relaxed);
}

namespace {

/// Also with native stacks, regions, a memory limit, and when the thread is not known yet.
[[gnu::noinline]] void* record_in_full(void* block, std::size_t size, format::Allocator allocator) {
    ThisThread& me = this_thread;
    const InsideFromOutside inside;
    // CPython's allocators may be called with the GIL alone.
    StackWalk* const walk = walk_stack(me, allocator >= format::Allocator::pymem_malloc);
    if (me.frees_only) [[unlikely]] return block;
    const std::lock_guard hold(S.lock);
    if (!begin_event(me, size, walk)) return block;
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
    if (begin_event(me, size, me.walk)) S.stream.allocation(S.stacks.find(*me.walk, S.stream, S.sources), size, allocator, number(block));
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
    if (!nothing_due(me, size) || is_low(me, walk) || !S.stacks.find_quickly(walk, stack)) [[unlikely]] {
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
void choose_quick_way_of(std::size_t version_index, std::index_sequence<V...>) {
    constexpr decltype(record_allocation) all[] = {record_quickly<V>...};
    record_allocation = all[version_index];
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

void allow_quick_way() {
    const bool allowed = !S.native && !S.current_region.in_use() && S.limit.bytes() == 0;
    S.quick = allowed ? S.session : kNever;
}

void choose_quick_way(std::size_t version_index) { choose_quick_way_of(version_index, std::make_index_sequence<kVersions>()); }

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
    if (!begin_event(me, length, walk)) return;
    tell_region(me);
    const std::uint32_t stack = stack_of(walk);
    S.stream.map(stack, flags, number(address), length);
    spend(me, length, stack);
}

namespace {

/// What lay there is gone; what is there now is no tracked thread's.
void record_change_of_untracked(const MappingChange& change) {
    using Kind = MappingChange::Kind;
    if (change.kind == Kind::map) S.stream.unmap(number(change.address), change.length);
    if (change.kind == Kind::unmap || change.kind == Kind::remap) S.stream.unmap(number(change.old_address), change.old_length);
}

}  // namespace

void record_change(bool may_allocate, void (*call)(void*, MappingChange&), void* context) {
    using Kind = MappingChange::Kind;
    ThisThread& me = this_thread;
    const Inside inside;
    // A walk may wait for the dynamic linker's lock, whose holder may wait for ours.
    StackWalk* const walk = may_allocate ? walk_stack(me) : nullptr;
    if (me.session != S.session) [[unlikely]] meet_thread(me);
    MappingChange change;
    const std::lock_guard hold(S.lock);
    call(context, change);
    const KeepErrno keep;
    if (change.kind == Kind::none || !begin_event(me, change.length, walk)) return;
    if (me.frees_only) [[unlikely]] return record_change_of_untracked(change);
    if (change.kind == Kind::unmap) return S.stream.unmap(number(change.old_address), change.old_length);
    tell_region(me);
    const std::uint32_t stack = stack_of(walk);
    switch (change.kind) {
        case Kind::map: S.stream.map(stack, change.flags, number(change.address), change.length); break;
        case Kind::remap:
            S.stream.remap(stack, change.flags, number(change.old_address), change.old_length, number(change.address), change.length);
            break;
        case Kind::make_writable: S.stream.make_writable(stack, number(change.address), change.length); break;
        case Kind::unmap: case Kind::none: break;
    }
    spend(me, change.length, stack);
}

namespace recorder {

bool follow_context(const Interpreter& interpreter, const void* variable, std::int64_t hash, std::uint32_t present) {
    const Inside inside;
    const std::lock_guard hold(S.lock);
    const CurrentRegion candidate(interpreter.version_index, variable, hash);
    CurrentRegion::changed(this_thread);
    if (candidate.read(this_thread, interpreter.this_thread_state()) != present) return false;
    S.current_region.replace_by(candidate);
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

}  // namespace recorder
}  // namespace alloclens::tracker
