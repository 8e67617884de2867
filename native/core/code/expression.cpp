#include "expression.hpp"

#include "location_entries.hpp"

namespace alloclens::core {

std::optional<Expression> expression_at(std::string_view locations, std::uint32_t first_line, std::uint32_t instruction) {
    if (instruction == 0) return std::nullopt;
    LocationEntries entries(locations, first_line);
    std::uint64_t end = 0;
    while (const auto entry = entries.next()) {
        end += entry->units;
        if (instruction > end) continue;
        const auto fits = [](std::int64_t value, std::int64_t least) { return value >= least && value <= INT32_MAX; };
        if (!entry->has_columns || !fits(entry->line, 1) || !fits(entry->end_line, entry->line)) return std::nullopt;
        if (!fits(entry->column, 0) || !fits(entry->end_column, 0)) return std::nullopt;
        const auto number = [](std::int64_t value) { return static_cast<std::uint32_t>(value); };
        return Expression{number(entry->line), number(entry->column), number(entry->end_line), number(entry->end_column)};
    }
    return std::nullopt;
}

}  // namespace alloclens::core
