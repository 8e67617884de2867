// A question in JSON, as extension/shared/capture.ts has it, to its answer.
#pragma once

#include <string>
#include <string_view>

#include "core/open_capture.hpp"

namespace alloclens::core {

/// Throws Error("bad_query"), and what reading throws.
std::string answer(std::string_view request, OpenCapture& capture, const Progress& progress);

}  // namespace alloclens::core
