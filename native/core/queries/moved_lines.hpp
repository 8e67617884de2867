// Where the lines of a text are in a later version of it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace alloclens::core {

/// By line of `before`, its line in `after`; 0: it is gone or changed. Lines count from 1.
std::vector<std::uint32_t> lines_after(std::string_view before, std::string_view after);

}  // namespace alloclens::core
