#include "native_walk.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include <sys/mman.h>

namespace alloclens::tracker {
namespace {

std::uintptr_t load(std::uintptr_t address) {
    std::uintptr_t value;
    __builtin_memcpy(&value, reinterpret_cast<const void*>(address), sizeof value);
    return value;
}

bool same(const NativeLevel& a, const NativeLevel& b) {
    return a.address == b.address && a.frame_end == b.frame_end && a.caller == b.caller && a.base_pointer == b.base_pointer &&
           a.saved_base == b.saved_base;
}

}  // namespace

void NativeWalk::read(const Loop& loop) {
    Frame frame;
    // Here and now: the three belong together, so nothing may come between them.
    asm volatile("lea 0f(%%rip), %0\n\tmov %%rsp, %1\n\tmov %%rbp, %2\n0:"
                 : "=&r"(frame.address), "=&r"(frame.stack_pointer), "=&r"(frame.base_pointer));
    ++frame.address;  // not behind a call, but at it
    if (generation_ != return_places.generation()) [[unlikely]] {
        count = changed = 0;
        own_object_ = return_places.own_object();
        if (own_object_ == 0) return;
        generation_ = return_places.generation();
    }
    if (!region_.contains(frame.stack_pointer)) [[unlikely]] {
        region_ = find_stack_region(frame.stack_pointer);
        count = changed = 0;
    }
    top_ = top = frame.stack_pointer;

    bool inside = true;  // the tracker
    std::uint32_t fresh = 0;
    std::uint32_t kept = count;  // levels of the last walk that may still be on the stack
    while (fresh < kMaxDepth) {
        const std::uintptr_t stack_pointer = frame.stack_pointer;
        const ReturnPlace* const place = return_places.find(frame.address);
        NativeLevel& level = scratch_[fresh];
        const Frame callee = frame;
        const bool has_caller = step(frame, place, level);
        if (inside && level.object == own_object_) {
            if (!has_caller) break;
            continue;
        }
        if (inside) top = stack_pointer;
        inside = false;
        if (place) level.interpreter_loop = is_loop(*place, callee, level, loop);
        while (kept > 0 && levels[kept - 1].frame_end < level.frame_end) --kept;  // has returned
        if (kept > 0 && same(levels[kept - 1], level)) {
            const std::int64_t other = check(static_cast<std::int64_t>(kept) - 2);
            if (other < 0 && kept + fresh <= kMaxDepth) return push(kept, fresh);
            // Down to the one with another caller all are as they were, but stand on other frames.
            for (std::int64_t k = kept - 1; k > other && fresh < kMaxDepth; --k) scratch_[fresh++] = levels[k];
            if (other < 0) break;
            frame = {levels[other].address, levels[other + 1].frame_end, levels[other + 1].base_pointer};
            kept = static_cast<std::uint32_t>(other);
            continue;
        }
        ++fresh;
        if (!has_caller) break;
    }
    push(0, fresh);
}

bool NativeWalk::step(Frame& frame, const ReturnPlace* place, NativeLevel& level) {
    level.address = frame.address;
    level.frame_end = frame.stack_pointer;
    level.caller = 0;
    level.base_pointer = frame.base_pointer;
    level.saved_base = 0;
    level.object = place ? place->object : 0;
    level.regular = false;
    level.interpreter_loop = false;
    if (!place || (place->rule.kind != UnwindRule::call && place->rule.kind != UnwindRule::signal)) return false;
    const UnwindRule& rule = place->rule;
    std::uintptr_t frame_end = 0;
    const auto at = [&](const Slot& slot) {
        const std::uintptr_t base = slot.base == Slot::cfa ? frame_end : slot.base == Slot::base_pointer ? frame.base_pointer : frame.stack_pointer;
        return base + static_cast<std::uintptr_t>(static_cast<std::intptr_t>(slot.offset));
    };
    frame_end = at(rule.cfa);
    if (rule.cfa_is_loaded) {
        if (!readable(frame_end)) return false;
        frame_end = load(frame_end);
    }
    if (frame_end <= frame.stack_pointer || !readable(frame_end - 8)) return false;
    const std::uintptr_t return_slot = at(rule.return_address);
    const std::uintptr_t base_slot = rule.base_pointer.base ? at(rule.base_pointer) : 0;
    if (!readable(return_slot) || (base_slot && !readable(base_slot))) return false;
    const std::uintptr_t caller = load(return_slot);
    if (caller == 0) return false;
    level.frame_end = frame_end;
    level.caller = caller + (rule.kind == UnwindRule::signal);  // what was interrupted stands at the instruction itself
    if (base_slot) level.base_pointer = load(base_slot);
    level.saved_base = base_slot ? static_cast<std::int32_t>(base_slot - frame_end) : 0;
    level.regular = !rule.cfa_is_loaded && rule.kind == UnwindRule::call && return_slot == frame_end - 8;
    frame = {level.caller, frame_end, level.base_pointer};
    return true;
}

std::int64_t NativeWalk::check(std::int64_t at) {
    for (; at >= 0; --at) {
        const NativeLevel& level = levels[at];
        if (level.regular) [[likely]] {
            if (load(level.frame_end - 8) != level.caller) [[unlikely]] return at;
            if (level.saved_base &&
                load(level.frame_end + static_cast<std::uintptr_t>(static_cast<std::intptr_t>(level.saved_base))) != level.base_pointer) [[unlikely]] {
                return at;
            }
        } else {
            Frame frame{level.address, levels[at + 1].frame_end, levels[at + 1].base_pointer};
            NativeLevel now;
            step(frame, return_places.find(level.address), now);
            if (now.frame_end != level.frame_end || now.caller != level.caller || now.base_pointer != level.base_pointer) return at;
        }
    }
    return at;
}

bool NativeWalk::is_loop(const ReturnPlace& place, const Frame& frame, const NativeLevel& level, const Loop& loop) {
    using Part = ReturnPlace::Part;
    if (const Part known = place.part.load(std::memory_order_relaxed); known != Part::unknown) [[likely]] return known == Part::loop;
    bool found = place.function != 0 && place.function == loop.function;
    for (const void* mark = loop.mark; mark && !found;) {
        const auto address = reinterpret_cast<std::uintptr_t>(mark);
        if (address >= level.frame_end || address < top_) break;
        found = address >= frame.stack_pointer;
        std::memcpy(&mark, static_cast<const char*>(mark) + loop.previous_mark, sizeof mark);
    }
    place.part.store(found ? Part::loop : Part::other, std::memory_order_relaxed);
    return found;
}

void NativeWalk::push(std::uint32_t kept, std::uint32_t fresh) {
    changed = std::min(changed, kept);
    while (fresh > 0) levels[kept++] = scratch_[--fresh];
    count = kept;
}

NativeWalk* NativeWalk::create() {
    // Never given back, as a StackWalk.
    void* const memory = ::mmap(nullptr, sizeof(NativeWalk) + 2 * kMaxDepth * sizeof(NativeLevel), PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    NativeWalk* const walk = new (memory) NativeWalk;
    walk->levels = reinterpret_cast<NativeLevel*>(walk + 1);
    walk->scratch_ = walk->levels + kMaxDepth;
    return walk;
}

}  // namespace alloclens::tracker
