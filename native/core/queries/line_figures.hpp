// Own, yours and with callees of the lines of one file.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "view.hpp"

namespace alloclens::core {

struct LineFigures {
    Figures own, yours, with_callees;
};

/// By line. Two functions on one line (a comprehension and what it stands in) are one line, counted once a stack.
std::map<std::uint32_t, LineFigures> figures_of_lines(const View& view, const std::string& file);

}  // namespace alloclens::core
