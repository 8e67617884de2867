// How to get from a frame to its caller, read from an object's .eh_frame: no frame pointers are needed.
//
// Only what a walk needs is kept: where the caller's stack pointer is, its return address and its rbp. Whatever else a
// function saves changes no frame above it, as long as no frame is told by another register, and then the walk ends.
#pragma once

#include <cstddef>
#include <cstdint>

namespace alloclens::tracker {

/// An address that depends on a frame's registers.
struct Slot {
    enum Base : std::uint8_t { none, cfa, stack_pointer, base_pointer };
    std::int32_t offset = 0;
    Base base = none;
};

struct UnwindRule {
    enum Kind : std::uint8_t {
        unknown,    ///< no unwind information, or a kind of it that no compiler makes for a call
        outermost,  ///< the frame has no caller
        call,
        signal,     ///< its caller was interrupted: it has not called
    };
    Kind kind = unknown;
    bool cfa_is_loaded = false;  ///< the caller's stack pointer is what lies at `cfa`
    Slot cfa;                    ///< based on one of the two registers
    Slot return_address;
    Slot base_pointer;           ///< where the caller's rbp was saved; none: it is still in the register
};

/// What of a loaded object the rules are read from.
struct UnwindTable {
    std::uintptr_t begin = 0, end = 0;  ///< of the segment that they lie in: nothing else is read
    std::uintptr_t index = 0;           ///< PT_GNU_EH_FRAME; 0 when it has none
};

struct FoundRule {
    UnwindRule rule;
    std::uintptr_t function = 0;  ///< where the piece of code begins that the rule is for
};

/// The rule for the instruction at `address`.
FoundRule find_unwind_rule(const UnwindTable& table, std::uintptr_t address);

}  // namespace alloclens::tracker
