// The native stack of the calling thread: return addresses, found by each function's unwind rule.
//
// Like StackWalk it keeps the last walk, which predicts this one: once a frame is one of the last walk's, its callers are
// the same as long as the places on the stack where they are written still hold what they held. That is two loads and
// two compares a frame, none of which waits for another; 1–2 ns. A frame that is new takes a look-up, about 10 ns.
#pragma once

#include <cstddef>
#include <cstdint>

#include "return_places.hpp"
#include "stack_region.hpp"

namespace alloclens::tracker {

struct NativeLevel {
    std::uintptr_t address;       ///< where the frame goes on; see ReturnPlace
    std::uintptr_t frame_end;     ///< the caller's stack pointer: all of this frame lies below
    std::uintptr_t caller;        ///< the caller's `address`; 0: there is none, or it is not known
    std::uintptr_t base_pointer;  ///< the caller's rbp
    std::int32_t saved_base;      ///< where that was saved, counted from frame_end; 0: it was not
    std::uint32_t object;         ///< 0: of no object that we know
    bool regular;                 ///< the caller is told by the two places on the stack alone
    bool interpreter_loop;        ///< stands for Python frames
    std::uint32_t loops;          ///< frames of the interpreter's loop up to here; mixed_stacks.hpp
    std::uint32_t python_end;     ///< Python frames that are older than the next level; mixed_stacks.hpp
    std::uint32_t stack;          ///< id of the path from the root to here; mixed_stacks.hpp
};

/// A thread's native stack, oldest frame first, without the tracker's own innermost frames.
class NativeWalk {
  public:
    /// Of a deeper stack the innermost frames are kept.
    static constexpr std::uint32_t kMaxDepth = 65536;

    static NativeWalk* create();

    /// How frames of the interpreter's loop are known.
    struct Loop {
        std::uintptr_t function = 0;  ///< begins here; 0: they need not be known
        const void* mark = nullptr;   ///< the innermost of a chain of variables, one in each such frame; or null
        int previous_mark = 0;        ///< offset of the link to the next
    };

    /// Reads the frames of the calling thread. No lock is needed.
    [[gnu::noinline]] void read(const Loop& loop);

    NativeLevel* levels = nullptr;
    std::uint32_t count = 0;
    std::uint32_t changed = 0;  ///< levels from here on are new since the last reader
    std::uintptr_t top = 0;     ///< the innermost frame's own stack pointer

    // Of MixedStacks, which gave the levels their ids.
    std::uint32_t epoch = 0;
    std::int64_t extra_loops = 0;  ///< frames of the loop beyond the runs of Python frames

  private:
    struct Frame {
        std::uintptr_t address, stack_pointer, base_pointer;
    };
    bool readable(std::uintptr_t address) const { return address >= top_ && address + 8 <= region_.end && address % 8 == 0; }
    /// The level of a frame, and the frame that called it. False when there is none.
    bool step(Frame& frame, const ReturnPlace* place, NativeLevel& level);
    /// From level `at` on down: the first whose caller is another one now; -1: none.
    std::int64_t check(std::int64_t at);
    /// Whether the frame is of the interpreter's loop: its function is known, and parts of it that the compiler put elsewhere
    /// by a variable in their frame.
    bool is_loop(const ReturnPlace& place, const Frame& frame, const NativeLevel& level, const Loop& loop);
    void push(std::uint32_t kept, std::uint32_t fresh);

    NativeLevel* scratch_ = nullptr;  ///< newest frame first
    StackRegion region_;
    std::uintptr_t top_ = 0;          ///< nothing below is read
    std::uint32_t generation_ = 0;
    std::uint32_t own_object_ = 0;
};

}  // namespace alloclens::tracker
