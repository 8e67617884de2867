#include "frames.hpp"

#include <algorithm>
#include <atomic>
#include <new>
#include <utility>

#include <sys/mman.h>

#include "frame_objects.hpp"

namespace alloclens::tracker {
namespace {

constinit std::atomic<std::uint64_t> marks{0};

}  // namespace

/// The walk for one version: its offsets are constants here. 1.6–3 ns a frame.
///
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

    static const char* code(const char* frame) {
        if constexpr (L.version < 0x030E) {
            return field<const char*>(frame, L.code);
        } else {
            return reinterpret_cast<const char*>(field<std::uintptr_t>(frame, L.code) & ~kTagBits);
        }
    }

    static std::uint64_t instruction(const char* frame) {
        if constexpr (L.kind == Instruction::pointer) {
            return field<std::uint64_t>(frame, L.instruction);
        } else {
            return static_cast<std::uint64_t>(static_cast<std::int64_t>(field<std::int32_t>(frame, L.instruction)));
        }
    }

    static std::uint32_t unknown_code(const char* frame) {
        if constexpr (L.owner == kNone) {
            return 0;
        } else {
            return field<char>(frame, L.owner) >= kFirstShim ? kShimCode : 0;
        }
    }

    static Level level(const char* frame) { return {frame, code(frame), instruction(frame), unknown_code(frame), 0}; }

    static void read(StackWalk& walk, const void* thread) {
        walk.count = walk.changed = std::min(walk.count, walk.changed);  // what nobody gave ids to is not trusted
        const char* const frame = thread ? top(thread) : nullptr;
        const std::uint32_t trusted = walk.marked_ ? trusted_level(walk, thread) : 0;
        // Mostly the innermost frame is the one of the last walk.
        if (walk.count > trusted && walk.levels[walk.count - 1].frame == frame && (trusted || walk.count <= StackWalk::kMarkFrom) &&
            !walk.too_deep) [[likely]] {
            if (trusted == 0) walk.marked_ = nullptr;
            if (refresh(walk, walk.count - 1, trusted)) [[likely]] return;
        }
        read_changed(walk, thread, frame, trusted);
    }

    static void read_codes(StackWalk& walk) {
        for (std::uint32_t k = 0; k < walk.count; ++k) walk.levels[k].code = code(walk.levels[k].frame);
    }

  private:
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
        Level* now = walk.levels + k;
        Level* const last = walk.levels + std::min(k, trusted);
        walk.changed = std::min(walk.changed, k + 1);  // what was found to differ before has no ids yet
        for (;;) {
            const char* const frame = now->frame;
            // From 3.11 on the instruction's address tells the code object, too.
            const bool same_code = L.kind == Instruction::pointer || code(frame) == now->code;
            if (instruction(frame) != now->instruction || !same_code) [[unlikely]] {
                *now = level(frame);
                walk.changed = std::min(walk.changed, static_cast<std::uint32_t>(now - walk.levels));
            }
            if (now == last) return trusted > 0 || previous(frame) == nullptr;
            if (previous(frame) != (--now)->frame) [[unlikely]] return false;
        }
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

namespace {

template <std::size_t... V>
struct Versions {
    static constexpr void (*readers[])(StackWalk&, const void*) = {FrameReader<V>::read...};
    static constexpr void (*code_readers[])(StackWalk&) = {FrameReader<V>::read_codes...};
};
template <std::size_t... V>
constexpr Versions<V...> all_versions(std::index_sequence<V...>);
using AllVersions = decltype(all_versions(std::make_index_sequence<kVersions>()));

}  // namespace

void (*StackWalk::reader_)(StackWalk&, const void*) = nullptr;
void (*StackWalk::code_reader_)(StackWalk&) = nullptr;

void StackWalk::choose_version(std::size_t version_index) {
    reader_ = AllVersions::readers[version_index];
    code_reader_ = AllVersions::code_readers[version_index];
}

StackWalk* StackWalk::create() {
    // Never given back: a thread that ends leaves it in the pool. Only touched pages take memory.
    void* const memory = ::mmap(nullptr, sizeof(StackWalk) + 2 * kMaxDepth * sizeof(Level), PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    StackWalk* const walk = new (memory) StackWalk;
    walk->levels = reinterpret_cast<Level*>(walk + 1);
    walk->scratch_ = walk->levels + kMaxDepth;
    return walk;
}

}  // namespace alloclens::tracker
