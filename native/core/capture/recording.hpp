// All that was read of a capture so far.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "child.hpp"
#include "core/profile/profile.hpp"
#include "metadata.hpp"

namespace alloclens::core {

struct Damage {
    std::uint64_t offset;  ///< in the file
    std::string message;
};

/// A source whose text is read from its block when it is asked for.
struct SourceEntry {
    std::string file;  ///< UTF-8, as in its code objects
    bool uncertain;    ///< the file was changed after the program began
    bool left_out;     ///< too large: there is no text
    std::uint64_t block_offset;
};

struct Recording {
    std::optional<Metadata> metadata;
    std::optional<End> end;
    std::vector<SourceEntry> sources;
    std::vector<Child> children;
    Profile profile;
    std::optional<Damage> damage;      ///< the first
    std::uint64_t damaged_events = 0;  ///< that were recorded and can't be read
};

}  // namespace alloclens::core
