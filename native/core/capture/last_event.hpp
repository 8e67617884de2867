// When the last event of a finished capture was: known before its events are read, so that they can be told apart by time.
#pragma once

#include <cstdint>
#include <optional>

#include "file.hpp"

namespace alloclens::core {

/// Microseconds since the start; nothing when the capture has no end block yet, or is damaged. `first_block` is where the
/// first block begins. Looks at the headers of all blocks and at one of them whole.
std::optional<std::uint64_t> time_of_last_event(File& file, std::uint64_t first_block);

}  // namespace alloclens::core
