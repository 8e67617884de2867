// The walk for one version of CPython, whose offsets are constants here: 1 to 3 ns a frame.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "frame_objects.hpp"
#include "frames.hpp"

namespace alloclens::tracker {

inline constinit std::atomic<std::uint64_t> marks{0};

/// The last walk predicts this one. When a frame is the one of level k, its caller is expected to be level k−1: the walk
/// steps to the *remembered* caller at once and checks the remembered address against the frame's own link, so that
/// loads overlap instead of waiting for each other. Every frame is still compared: a top frame that looks the same
/// proves nothing about those below it.
template <std::size_t V>
struct FrameReader {
    static constexpr const Layout& L = kLayouts[V];
    /// How far from the top of the last stack a frame is looked for.
    static constexpr std::int64_t kWindow = 16;

    static const char* top(const void* thread_state) {
        const auto frame = field<const char*>(thread_state, L.thread_frame);
        if constexpr (L.cframe_frame == kNone) {
            return frame;
        } else {
            return frame ? field<const char*>(frame, L.cframe_frame) : nullptr;
        }
    }

    static const char* previous(const char* frame) { return field<const char*>(frame, L.previous); }

    static const char* code(const char* frame) { return frame_code(frame, L); }

    static std::uint64_t instruction(const char* frame) {
        if constexpr (L.kind == Instruction::pointer) {
            return field<std::uint64_t>(frame, L.instruction);
        } else {
            return static_cast<std::uint64_t>(static_cast<std::int64_t>(field<std::int32_t>(frame, L.instruction)));
        }
    }

    static Level level(const char* frame) {
        return {frame, L.keeps_code() ? code(frame) : nullptr, instruction(frame), 0, Level::kUnknown};
    }

    static void read(StackWalk& walk, const void* thread) {
        const char* const frame = newest(thread);
        if (!read_quickly(walk, frame)) read_slowly(walk, thread, frame);
    }

    static const char* newest(const void* thread) { return thread ? top(thread) : nullptr; }

    /// The usual cases: the newest frame is the last walk's, or was called by that one, or had called it. False in others.
    [[gnu::always_inline]] static bool read_quickly(StackWalk& walk, const char* frame) {
        const std::uint32_t count = walk.count;
        if (walk.changed != count || !frame || walk.marked_ || count - 1 >= StackWalk::kMarkFrom - 1) [[unlikely]] {
            return !frame && count == 0 && walk.changed == 0;  // still no Python
        }
        Level* known = walk.levels + count - 1;
        Level* lowest = known + 1;
        if (known->frame != frame) {
            if (previous(frame) == known->frame) {
                if (!is_same(*lowest, frame)) *lowest = level(frame);
                walk.count = count + 1;
            } else if (known[-1].frame == frame) {
                lowest = known--;
                walk.count = count - 1;
            } else [[unlikely]] {
                return false;
            }
        }
        const bool unbroken = compare(known, walk.levels - 1, lowest, true);
        walk.changed = static_cast<std::uint32_t>(lowest - walk.levels);
        if (unbroken) [[likely]] pin(frame);
        return unbroken;
    }

    /// All cases. `frame` is the newest.
    [[gnu::noinline]] static void read_slowly(StackWalk& walk, const void* thread, const char* frame) {
        walk.count = walk.changed = std::min(walk.count, walk.changed);  // what nobody gave ids to is not trusted
        const std::uint32_t trusted = walk.marked_ ? trusted_level(walk, thread) : 0;
        if (walk.count > trusted && walk.levels[walk.count - 1].frame == frame && (trusted || walk.count <= StackWalk::kMarkFrom) &&
            !walk.too_deep) [[likely]] {
            if (trusted == 0) walk.marked_ = nullptr;
            if (refresh(walk, walk.count - 1, trusted)) [[likely]] return pin(frame);
        }
        read_changed(walk, thread, frame, trusted);
        if (frame && !walk.too_deep) pin(frame);
    }

    [[gnu::noinline]] static void forget_ids(StackWalk& walk) {
        walk.changed = 0;
        for (std::uint32_t k = 0; k < walk.count; ++k) {
            Level& known = walk.levels[k];
            if (L.keeps_code()) known.code = code(known.frame);
            known.parent = Level::kUnknown;
        }
        for (std::uint32_t k = walk.count; k < StackWalk::kMaxDepth && walk.levels[k].frame; ++k) walk.levels[k].frame = nullptr;
    }

  private:
    // From 3.11 to 3.13 a frame that executes has -1 as the top of its stack, "rather than 0 to assist debugging" (as
    // SET_LOCALS_FROM_FRAME or _PyFrame_GetStackPointer say): of its values only the sign is asked for. It is made another
    // negative one when a walk has found this frame innermost. Whenever the frame calls another one, yields or returns,
    // and when a new one comes to lie there, the interpreter writes the field again. So what is pinned has stood on the
    // same frames since it was read, which have not moved, and the walk stops there: mostly after one to three frames.

    static constexpr std::int32_t kPinned = -0x4A110C;

    static bool is_pinned(const char* frame) {
        return L.tells_execution() && field<std::int32_t>(frame, kStackTop) == kPinned;
    }

    static void pin(const char* frame) {
        if (L.tells_execution() && field<std::int32_t>(frame, kStackTop) == kExecuting) {
            __builtin_memcpy(const_cast<char*>(frame) + kStackTop, &kPinned, sizeof kPinned);
        }
    }

    static bool is_same(const Level& known, const char* frame) {
        return known.frame == frame && known.instruction == instruction(frame) && (!L.keeps_code() || known.code == code(frame));
    }

    /// Brings the levels from `now` down to the one above `end` up to date, or down to a pinned one, and `lowest` down to
    /// the lowest that was not. False when another frame lies between them, also between the last and `end`.
    [[gnu::always_inline]] static bool compare(Level* now, Level* const end, Level*& lowest, bool pins_count) {
        enum class Found { link, break_, pin };
        const auto look = [&lowest, pins_count](Level* level) {
            const char* const frame = level->frame;
            const std::uint64_t at = instruction(frame);
            if (at != level->instruction || (L.keeps_code() && code(frame) != level->code)) [[unlikely]] {
                level->instruction = at;
                if (L.keeps_code()) level->code = code(frame);
                level->parent = Level::kUnknown;
                lowest = level;
            }
            if (pins_count && is_pinned(frame)) return Found::pin;
            return previous(frame) == level[-1].frame ? Found::link : Found::break_;
        };
        for (; now - end >= 4; now -= 4) {
            for (int k = 0; k < 4; ++k) {
                if (const Found found = look(now - k); found != Found::link) return found == Found::pin;
            }
        }
        for (; now != end; --now) {
            if (const Found found = look(now); found != Found::link) return found == Found::pin;
        }
        return true;
    }

    [[gnu::noinline]] static void read_changed(StackWalk& walk, const void* thread, const char* frame, std::uint32_t trusted) {
        if (walk.too_deep && still_too_deep(walk, frame)) return;
        if (trusted == 0) walk.marked_ = nullptr;  // its levels may be replaced now
        find(walk, frame, trusted);
        const bool far = L.stack_chunk == kNone && walk.count - trusted > 2 * kMarkDistance;  // a chunk is never far
        if (walk.count > StackWalk::kMarkFrom && (trusted == 0 || far)) set_mark(walk, thread);
    }

    /// How far `frame`'s chain is new, by the first of its frames that the last walk had near its top. The levels below
    /// `trusted` are known to be the same.
    static void find(StackWalk& walk, const char* frame, std::uint32_t trusted) {
        const auto newest = static_cast<std::int64_t>(walk.count) - 1;
        std::uint32_t fresh = 0;  // frames above those of the last walk
        for (const char* f = frame; f && fresh < StackWalk::kMaxDepth; f = previous(f)) {
            // A call since the last walk is the most frequent change: it is told at once.
            const bool called = fresh == 0 && newest >= 0 && previous(f) == walk.levels[newest].frame && f != walk.levels[newest].frame;
            const std::int64_t k = called ? -1 : known_level(walk, f, trusted);
            if (k < 0) {
                walk.scratch_[fresh++] = level(f);
                continue;
            }
            const auto known = static_cast<std::uint32_t>(k);
            if (known + 1 + fresh > StackWalk::kMaxDepth || !refresh(walk, known, trusted)) break;
            if (known < walk.marked_level_) walk.marked_ = nullptr;
            return push(walk, known + 1, fresh);
        }
        walk.marked_ = nullptr;
        read_all(walk, frame);
    }

    /// Where the last walk had this frame; −1 when it is not near the top, nor the marked one.
    static std::int64_t known_level(const StackWalk& walk, const char* frame, std::uint32_t trusted) {
        const std::int64_t newest = static_cast<std::int64_t>(walk.count) - 1;
        const std::int64_t end = std::max<std::int64_t>(newest - kWindow, -1);
        for (std::int64_t k = newest; k > end; --k) {
            if (walk.levels[k].frame == frame) return k;
        }
        return trusted && walk.levels[trusted].frame == frame ? static_cast<std::int64_t>(trusted) : -1;
    }

    /// Brings levels 0 to `k` up to date, level k's frame being on the stack. False when another frame lies in between.
    static bool refresh(StackWalk& walk, std::uint32_t k, std::uint32_t trusted) {
        Level* lowest = walk.levels + std::min(walk.changed, k + 1);  // what was found to differ before has no ids yet
        const bool same = compare(walk.levels + k, walk.levels + std::min(k, trusted) - 1, lowest, !walk.too_deep);
        walk.changed = std::min(walk.changed, static_cast<std::uint32_t>(lowest - walk.levels));
        return same;
    }

    // The mark proves that the frames below a level have not changed since the last walk, so that the next one can stop
    // there: a stack costs by its height above the mark, at most a few hundred frames, and not by its depth.
    //
    // From 3.11 on frames lie in chunks of 16 kB, and a chunk goes when its first frame does. The field that tells how much
    // of a chunk is used means nothing while no other lies above, and a new chunk has 0 there, even when it is an old one
    // that is used again (Python/pystate.c: push_chunk, _PyThreadState_PopFrame). So a number which is put there stays
    // as long as that chunk's first frame, which stands still below itself.
    //
    // Before 3.11 a frame that belongs to no generator runs once: while that object lives it is the same call, and its
    // callers stand still.

    static constexpr std::uint64_t kMarkNumbers = 0xA110C0000000'0000;  ///< no chunk is that full
    /// Before 3.11: so far from the top a frame is marked. Walks read half of it on average, and all frames once in so many returns.
    static constexpr std::uint32_t kMarkDistance = 128;

    static std::uint32_t trusted_level(const StackWalk& walk, const void* thread) {
        bool holds = false;
        if constexpr (L.stack_chunk != kNone) {
            holds = thread && field<const char*>(thread, L.stack_chunk) == walk.marked_ &&
                    field<std::uint64_t>(walk.marked_, kChunkTop) == walk.mark_number_;
        } else {
            holds = frame_deaths() == walk.mark_number_;
        }
        return holds ? walk.marked_level_ : 0;
    }

    [[gnu::noinline]] static void set_mark(StackWalk& walk, const void* thread) {
        walk.marked_ = nullptr;
        if (walk.too_deep) return;
        if constexpr (L.stack_chunk != kNone) {
            char* const chunk = field<char*>(thread, L.stack_chunk);
            if (!chunk || !field<const char*>(chunk, kChunkPrevious)) return;  // the first chunk outlives its frames
            constexpr std::uint32_t kFarthest = 1024;  // frames of generators lie elsewhere
            const std::uint32_t end = walk.count > kFarthest ? walk.count - kFarthest : 1;
            for (std::uint32_t k = walk.count - 1; k >= end; --k) {
                if (walk.levels[k].frame != chunk + kChunkData) continue;
                walk.mark_number_ = kMarkNumbers + ++marks;
                __builtin_memcpy(chunk + kChunkTop, &walk.mark_number_, sizeof walk.mark_number_);
                walk.marked_ = chunk;
                walk.marked_level_ = k;
                return;
            }
        } else {
            if (walk.count <= kMarkDistance) return;
            for (std::uint32_t k = walk.count - kMarkDistance; k > 0; --k) {
                const char* const frame = walk.levels[k].frame;
                if (field<const void*>(frame, L.generator)) continue;
                watch_frame(frame);
                walk.mark_number_ = frame_deaths();
                walk.marked_ = frame;
                walk.marked_level_ = k;
                return;
            }
        }
    }

    static void push(StackWalk& walk, std::uint32_t count, std::uint32_t fresh) {
        while (fresh > 0) walk.levels[count++] = walk.scratch_[--fresh];
        walk.count = count;
    }

    /// The plain way: all frames, then what they share with the last stack from the root on.
    [[gnu::noinline]] static void read_all(StackWalk& walk, const char* frame) {
        std::uint32_t depth = 0;
        const char* const rest = collect(walk, frame, StackWalk::kMaxDepth, depth);
        walk.too_deep = rest != nullptr;
        walk.unchecked_ = 0;
        // Of a stack without end only the innermost frames: a recursion then has the same ones at every depth.
        replace(walk, rest ? StackWalk::kShownOfTooDeep : depth);
    }

    /// Following tens of thousands of frames at every allocation would stop the program. So a stack that was too deep
    /// counts as such while its innermost frames overlap with those of the last walk, and is followed now and then.
    [[gnu::noinline]] static bool still_too_deep(StackWalk& walk, const char* frame) {
        constexpr std::uint32_t kTrusted = 256;
        if (++walk.unchecked_ > kTrusted) return false;
        std::uint32_t depth = 0;
        if (!collect(walk, frame, StackWalk::kShownOfTooDeep, depth)) return false;
        const char* const top_before = walk.levels[walk.count - 1].frame;
        bool overlap = false;
        for (std::uint32_t i = 0; i < depth && !overlap; ++i) overlap = walk.scratch_[i].frame == top_before;
        for (std::uint32_t i = 0; i < walk.count && !overlap; ++i) overlap = walk.levels[i].frame == frame;
        if (overlap) replace(walk, depth);
        return overlap;
    }

    /// Up to `most` frames into the scratch; the one after them, if any.
    static const char* collect(StackWalk& walk, const char* frame, std::uint32_t most, std::uint32_t& depth) {
        for (; frame && depth < most; frame = previous(frame)) walk.scratch_[depth++] = level(frame);
        return frame;
    }

    /// Makes the newest `depth` frames of the scratch the stack.
    static void replace(StackWalk& walk, std::uint32_t depth) {
        const std::uint32_t limit = std::min({depth, walk.count, walk.changed});
        std::uint32_t same = 0;
        for (; same < limit; ++same) {
            const Level& now = walk.scratch_[depth - 1 - same];
            Level& before = walk.levels[same];
            if (now.code != before.code || now.instruction != before.instruction) break;
            before.frame = now.frame;
        }
        walk.changed = same;
        push(walk, same, depth - same);
    }
};

}  // namespace alloclens::tracker
