// What the memory limit did to the run.
#pragma once

#include <optional>
#include <string>

#include "queries.hpp"

namespace alloclens::core {

/// A sentence for a person; nothing when the limit was not reached.
std::optional<std::string> note_on_memory_limit(const View& view);

/// null when there was no limit; `reached` is the first allocation that it did not allow.
void write_memory_limit(const View& view, JsonWriter& out);

}  // namespace alloclens::core
