// A question in JSON, as extension/shared/capture.ts has it, to its answer.
#pragma once

#include <string>
#include <string_view>

#include "core/open_capture.hpp"

namespace alloclens::core {

/// What is to be kept apart when the capture is read, since this question will be asked first; none when it is empty.
/// Throws Error("bad_query").
Division division_for(std::string_view question);

/// Throws Error("bad_query"), and what reading throws.
std::string answer(std::string_view request, OpenCapture& capture, const Progress& progress);

}  // namespace alloclens::core
