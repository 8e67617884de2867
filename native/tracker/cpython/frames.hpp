// The Python stack of the calling thread, read from the interpreter's own frames.
#pragma once

#include <cstddef>
#include <cstdint>

#include "layout.hpp"

namespace alloclens::tracker {

/// One frame as it was seen last, with the id that was found for it. While the thread stands still its frame can be read.
struct Level {
    const char* frame;
    const char* code;           ///< before 3.11; compared, never followed while walking
    std::uint64_t instruction;  ///< as the frame keeps it
    std::uint32_t stack;        ///< id of the path from the root to here
    std::uint32_t parent;       ///< the path below, for which `stack` was found; or kUnknown
    static constexpr std::uint32_t kUnknown = 0xFFFFFFFF;
};

class NativeWalk;

/// A thread's stack, oldest frame first. It keeps the last one: mostly the new one differs at the top alone.
class StackWalk {
  public:
    /// Deeper stacks are shown by their innermost kShownOfTooDeep frames alone.
    static constexpr std::uint32_t kMaxDepth = 65536;
    static constexpr std::uint32_t kShownOfTooDeep = 128;

    static StackWalk* create();

    /// Longer stacks are remembered with a mark, below which the next walk need not look.
    static constexpr std::uint32_t kMarkFrom = 64;

    /// Reads the frames of this PyThreadState (null: no Python thread), which must be the calling thread's own. No lock is
    /// needed. Levels from `changed` on have no ids.
    void read(const void* thread_state) { reader_(*this, thread_state); }
    /// After a code object died: what lies where it was may be another, so no level's id is true.
    void forget_ids() { forgetter_(*this); }

    /// Before the first stands one without a frame and with stack 0. Behind the last, those that have returned: they may
    /// be called again.
    Level* levels = nullptr;
    std::uint32_t count = 0;
    std::uint32_t changed = 0;
    std::uint32_t epoch = 0;  ///< of the code ids that the levels hold
    bool too_deep = false;    ///< the levels are the innermost ones of a stack deeper than kMaxDepth
    StackWalk* next = nullptr;  ///< in the pool
    NativeWalk* native = nullptr;  ///< of the same thread, once native stacks were asked for

    static void choose_version(std::size_t version_index);

  private:
    template <std::size_t V>
    friend struct FrameReader;

    static void (*reader_)(StackWalk&, const void*);
    static void (*forgetter_)(StackWalk&);

    Level* scratch_ = nullptr;  ///< newest frame first
    std::uint32_t unchecked_ = 0;  ///< walks since a stack that was too deep was last followed to its end
    // The mark (frames.cpp).
    const char* marked_ = nullptr;      ///< chunk or frame; null: there is no mark
    std::uint64_t mark_number_ = 0;
    std::uint32_t marked_level_ = 0;
};

/// The instruction that a frame of this code executes, in code units from 1; 0 before the first.
inline std::uint32_t instruction_number(const char* code, std::uint64_t instruction, const Layout& layout) {
    const auto raw = static_cast<std::int64_t>(instruction);
    switch (layout.kind) {
        case Instruction::byte_offset: return static_cast<std::uint32_t>((raw + 2) / 2);
        case Instruction::unit_offset: return static_cast<std::uint32_t>(raw + 1);
        case Instruction::pointer: break;
    }
    const auto bytecode = static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(code)) + layout.bytecode;
    return raw < bytecode ? 0 : static_cast<std::uint32_t>((raw - bytecode) / 2 + 1);
}

}  // namespace alloclens::tracker
