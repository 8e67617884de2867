// What part of a run a question is about: `Scope` of extension/shared/capture.ts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/profile/part.hpp"
#include "view.hpp"

namespace alloclens::core {

struct Scope {
    /// Range and threshold; what it is kept by is up to the query.
    Part part;
    std::optional<std::vector<std::uint32_t>> threads;
    std::optional<std::vector<std::string>> allocators;
    std::optional<std::vector<std::string>> regions;
    std::vector<std::string> include;
    std::vector<std::string> exclude;

    /// Whether it leaves out allocations of the part.
    bool narrows() const { return threads || allocators || regions || !include.empty() || !exclude.empty(); }

    bool operator==(const Scope&) const = default;
};

/// Whose allocations the scope lets through: by thread, allocator and region.
std::function<bool(const Who&)> who_counts(const Scope& scope, const Program& program);

Filter filter_of(const Scope& scope, const Ledger& ledger, const Program& program, const Places& places);

std::string name_of(format::Allocator allocator);
/// Of all that there are.
std::vector<std::string> allocator_names();

}  // namespace alloclens::core
