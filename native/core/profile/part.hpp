// Which part of a run a pass over its events looks at, and how finely it tells allocations apart.
#pragma once

#include <cstdint>

namespace alloclens::core {

struct Part {
    static constexpr std::uint64_t kNoEnd = UINT64_MAX;

    std::uint64_t from_us = 0;      ///< inclusive
    std::uint64_t to_us = kNoEnd;   ///< exclusive
    std::uint32_t temporary_threshold = 1;
    /// What was allocated in each of so many equal parts of the range is kept apart; more than 1 needs an end.
    std::uint32_t generations = 1;
    /// What was allocated in each class of sizes is kept apart, too.
    bool by_size = false;

    bool operator==(const Part&) const = default;
    bool whole() const { return *this == Part{}; }
};

}  // namespace alloclens::core
