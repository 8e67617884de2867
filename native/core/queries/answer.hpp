// A question in JSON, as extension/shared/capture.ts has it, to its answer.
#pragma once

#include <string>
#include <string_view>

#include "core/capture/reader.hpp"
#include "view.hpp"

namespace alloclens::core {

/// Throws Error("bad_query").
std::string answer(std::string_view request, const View& view, Reader& reader);

}  // namespace alloclens::core
