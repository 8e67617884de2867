#include "where.hpp"

#include "core/code/line_table.hpp"

namespace alloclens::tracker {

std::string where(const core::Profile& profile, std::uint32_t id) {
    const core::Program& program = profile.program();
    const std::uint32_t place = profile.place_of_stack(id);
    if (place == 0) return "code that is no Python";
    const core::StackFrame& frame = program.frame(place);
    const core::Code& code = program.codes[frame.code];
    const core::LineTable table(code.format, code.lines, code.first_line);
    return program.strings[code.name] + " at " + program.strings[code.file] + ":" + std::to_string(table.line(frame.instruction));
}

}  // namespace alloclens::tracker
