// Code objects: what is recorded of one, and when one dies.
#pragma once

#include <cstddef>
#include <cstdint>

#include "interpreter.hpp"
#include "text.hpp"

namespace alloclens::tracker {

/// What a capture holds of a code object; points into it.
struct CodeFacts {
    Text file;
    Text name;
    std::uint32_t first_line = 0;
    const char* lines = nullptr;
    std::size_t lines_length = 0;
};

/// Reads a living code object. Its fields never change once it runs, so no GIL is needed.
CodeFacts read_code(const char* code, const Layout& layout);

/// Calls `retired` for every code object that is about to be freed, until `forget_code_deaths`. Without it the next
/// code object at the same address would be taken for the old one. Replaces PyCode_Type.tp_dealloc: unlike
/// PyCode_AddWatcher it exists in every version, takes no slot and sees code that was made before.
void watch_code_deaths(const Interpreter& interpreter, void (*retired)(const char* code));
void forget_code_deaths();

}  // namespace alloclens::tracker
