// What tells the capture of one process from those of its relatives.
#pragma once

#include <string>

namespace alloclens::tracker {

struct Identity {
    std::string run_id;         ///< 32 hexadecimal digits
    std::string parent_run_id;  ///< of the capture of the process that started this one; empty when there is none
};

std::string new_run_id();

/// `metadata`, a JSON object, with the identity, the ids of this process and the time of day.
std::string with_identity(const std::string& metadata, const Identity& identity);

}  // namespace alloclens::tracker
