// What the program consists of: its code, its threads and the tree of its stacks.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/format/layout.hpp"
#include "growing.hpp"
#include "numbered.hpp"
#include "strings.hpp"

namespace alloclens::core {

struct Code {
    std::uint32_t file = 0;  ///< in Program::strings, as in the code object
    std::uint32_t name = 0;
    std::uint32_t first_line = 0;
    format::LineTable format = format::LineTable::locations;
    std::string lines;
};

/// What is innermost on a stack.
struct StackFrame {
    std::uint32_t code = 0;         ///< 0: lost
    std::uint32_t instruction = 0;  ///< code units from 1; 0: the frame has not started
    /// In Program::natives, of a frame that is not Python's: then code and instruction are those of the innermost Python
    /// frame that called it.
    std::uint32_t native = 0;

    bool operator==(const StackFrame&) const = default;
};

/// Parents come before their children. There are millions, of a few thousand frames.
struct Stack {
    std::uint32_t parent = 0;
    std::uint32_t frame = 0;  ///< in Program::frames
};

/// A place in native code. Calls return to it: what was executed is the byte before.
struct NativeFrame {
    std::uint32_t module = 0;  ///< id; 0: of no file, and the offset is an address
    std::uint32_t unused = 0;  ///< no hole, since all bytes are hashed
    std::uint64_t offset = 0;  ///< from the address 0 of the module's symbols

    bool operator==(const NativeFrame&) const = default;
};

/// A file whose code was loaded.
struct Module {
    std::string path;
    std::string build_id;  ///< bytes
    bool interpreter = false;
};

struct Thread {
    std::uint64_t kernel_id = 0;
    std::string name;
};

/// A named part of the program, see docs/capture-format.md. Those that it lies in come before it.
struct Region {
    std::uint32_t parent = 0;  ///< 0: in no other
    std::string name;
    std::uint64_t entered = 0; ///< how often
};

struct Program {
    Strings strings;
    std::vector<Code> codes = std::vector<Code>(1);
    Growing<Stack> stacks{1};
    Numbered<StackFrame> frames;
    std::vector<Thread> threads = std::vector<Thread>(1);
    Numbered<NativeFrame> natives;
    std::unordered_map<std::uint32_t, Module> modules;  ///< by id
    std::vector<Region> regions = std::vector<Region>(1);  ///< 0: outside of all
    /// Rises when a line table that was already there grew.
    std::uint32_t line_tables_changed = 0;

    const StackFrame& frame(std::uint32_t stack) const { return frames[stacks[stack].frame]; }
    /// The stack of the innermost Python frame, 0: there is none.
    std::uint32_t python(std::uint32_t stack) const {
        while (frame(stack).native) stack = stacks[stack].parent;
        return stack;
    }
    /// The stack of the Python frame that called that one.
    std::uint32_t caller(std::uint32_t stack) const {
        const std::uint32_t here = python(stack);
        return here == 0 ? 0 : python(stacks[here].parent);
    }
};

}  // namespace alloclens::core
