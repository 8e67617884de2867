// What is looked at over time: a line, a function, or one path of calls.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "queries.hpp"

namespace alloclens::core {

struct LineSubject {
    std::string file;
    std::uint32_t line;
    Attribution attribution;
};

/// From the outermost frame on; what is called from its end belongs to it too.
struct PathSubject {
    struct Frame {
        std::optional<std::string> file;
        std::optional<std::uint32_t> line;
        std::string function;
    };
    std::vector<Frame> frames;
};

using Subject = std::variant<LineSubject, FunctionId, PathSubject>;

/// By stack.
std::vector<bool> stacks_of(const Subject& subject, const View& view);

}  // namespace alloclens::core
