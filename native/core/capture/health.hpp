// What a capture's file consists of, block by block, and a new file of what can be read of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "event_index.hpp"
#include "file.hpp"
#include "recording.hpp"

namespace alloclens::core {

struct Health {
    struct Kind {
        std::string name;
        std::uint64_t count = 0, raw_bytes = 0, stored_bytes = 0;
    };
    struct Gap {
        std::uint64_t offset, end;
    };

    std::uint32_t format;
    std::uint64_t size;
    std::uint64_t open_offset;  ///< 0: finished
    std::vector<Kind> kinds;
    std::vector<Gap> gaps;      ///< what is no block, between blocks
    std::optional<std::string> metadata, end;  ///< JSON
};

Health examine(const File& same);

/// Writes all whole blocks and what was read of the unfinished one, and an end that says so when there is none.
/// Returns the bytes written. Throws Error.
std::uint64_t repair(const File& same, const Recording& recording, const EventIndex& events, const std::string& to);

}  // namespace alloclens::core
