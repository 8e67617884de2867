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

/// How a capture ends.
enum class Ending {
    finished,      ///< with an end block
    running,       ///< not yet: it is still written
    write_failed,  ///< nothing more could be written, see `write_error`
    replaced,      ///< the program became another one (exec)
    aborted,       ///< the program called abort
    killed,        ///< by a signal, or the system: nobody could say
};

struct Recording {
    std::optional<Metadata> metadata;
    std::optional<End> end;
    std::vector<SourceEntry> sources;
    std::vector<Child> children;
    std::optional<format::LimitReached> limit_reached;  ///< the first
    std::uint64_t limit_refusals = 0;                   ///< at least
    Profile profile;
    bool aggregated = false;           ///< there are no events, only what they came to
    std::optional<Damage> damage;      ///< the first
    std::uint64_t damaged_events = 0;  ///< that were recorded and can't be read
    bool written_now = false;          ///< by a program that runs
    int write_error = 0;               ///< errno that ended the writing

    Ending ending() const {
        if (end) return Ending::finished;
        if (written_now) return Ending::running;
        if (!children.empty() && children.back().how == format::Birth::became) return Ending::replaced;
        if (write_error) return Ending::write_failed;
        return profile.aborted() ? Ending::aborted : Ending::killed;
    }
};

}  // namespace alloclens::core
