#include "frames.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include <sys/mman.h>

namespace alloclens::tracker {

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

    static void read(StackWalk& walk, const char* frame) {
        if (walk.too_deep && still_too_deep(walk, frame)) [[unlikely]] return;
        Level* const levels = walk.levels;
        std::uint32_t fresh = 0;  // frames above those of the last walk
        for (const char* f = frame; f && fresh < StackWalk::kMaxDepth; f = previous(f)) {
            const std::int64_t newest = static_cast<std::int64_t>(walk.count) - 1;
            const std::int64_t end = std::max<std::int64_t>(newest - kWindow, -1);
            std::int64_t k = newest;
            while (k > end && levels[k].frame != f) --k;
            if (k > end) {
                if (refresh(walk, static_cast<std::uint32_t>(k)) && k + 1 + fresh <= StackWalk::kMaxDepth) {
                    return push(walk, static_cast<std::uint32_t>(k) + 1, fresh);
                }
                break;
            }
            walk.scratch_[fresh++] = level(f);
        }
        read_all(walk, frame);
    }

  private:
    /// Brings levels 0 to `k` up to date, level k's frame being on the stack. False when another frame lies in between.
    static bool refresh(StackWalk& walk, std::uint32_t k) {
        Level* const levels = walk.levels;
        walk.changed = std::min(walk.changed, k + 1);  // what the last reader left unresolved stays so
        for (;; --k) {
            Level& now = levels[k];
            const char* const its_code = code(now.frame);
            const std::uint64_t its_instruction = instruction(now.frame);
            if (its_code != now.code || its_instruction != now.instruction) [[unlikely]] {
                if (its_code != now.code) now.code_id = unknown_code(now.frame);
                now.code = its_code;
                now.instruction = its_instruction;
                walk.changed = std::min(walk.changed, k);
            }
            const char* const caller = previous(now.frame);
            if (k == 0) return caller == nullptr;
            if (caller != levels[k - 1].frame) [[unlikely]] return false;
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
    static constexpr void (*readers[])(StackWalk&, const char*) = {FrameReader<V>::read...};
    static constexpr const char* (*tops[])(const void*) = {FrameReader<V>::top...};
};
template <std::size_t... V>
constexpr Versions<V...> all_versions(std::index_sequence<V...>);
using AllVersions = decltype(all_versions(std::make_index_sequence<kVersions>()));

}  // namespace

StackWalk::Reader StackWalk::reader_ = nullptr;
const char* (*StackWalk::top_)(const void*) = nullptr;

void StackWalk::choose_version(std::size_t version_index) {
    reader_ = AllVersions::readers[version_index];
    top_ = AllVersions::tops[version_index];
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
