// A new file made of what was read of a capture.
#pragma once

#include <cstdint>
#include <string>

#include "event_index.hpp"
#include "file.hpp"
#include "recording.hpp"

namespace alloclens::core {

// Both return the bytes written, and throw Error.

/// Writes all whole blocks and what was read of the unfinished one, and an end that says so when there is none.
std::uint64_t repair(const File& same, const Recording& recording, const EventIndex& events, const std::string& to);

/// Writes what the events came to in place of the events.
std::uint64_t convert(const File& same, const Recording& recording, const Profile& profile, const std::string& to);

}  // namespace alloclens::core
