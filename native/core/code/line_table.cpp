#include "line_table.hpp"

#include <algorithm>

#include "location_entries.hpp"

namespace alloclens::core {

namespace {

std::uint8_t byte_at(std::string_view table, std::size_t i) { return static_cast<std::uint8_t>(table[i]); }

}  // namespace

LineTable::LineTable(format::LineTable format, std::string_view table, std::uint32_t first_line) : first_line_(first_line) {
    switch (format) {
        case format::LineTable::lnotab: read_lnotab(table); break;
        case format::LineTable::pep626: read_pep626(table); break;
        case format::LineTable::locations: read_locations(table); break;
    }
}

std::uint32_t LineTable::line(std::uint32_t instruction) const {
    if (instruction == 0 || ranges_.empty()) return first_line_;
    const auto range = std::upper_bound(ranges_.begin(), ranges_.end(), instruction - 1u,
                                        [](std::uint64_t unit, const Range& r) { return unit < r.end; });
    return range == ranges_.end() ? ranges_.back().line : range->line;
}

void LineTable::add(std::uint64_t end, std::int64_t line) {
    const std::uint32_t before = ranges_.empty() ? first_line_ : ranges_.back().line;
    const std::uint32_t known = line >= 1 && line <= INT32_MAX ? static_cast<std::uint32_t>(line) : before;
    if (!ranges_.empty() && ranges_.back().line == known) {
        ranges_.back().end = end;
    } else if (end > (ranges_.empty() ? 0 : ranges_.back().end)) {
        ranges_.push_back({end, known});
    }
}

/// Pairs of a distance in bytes and a signed one in lines; the line changes behind the distance.
void LineTable::read_lnotab(std::string_view table) {
    std::uint64_t bytes = 0;
    std::int64_t line = first_line_;
    for (std::size_t i = 0; i + 1 < table.size(); i += 2) {
        bytes += byte_at(table, i);
        add(bytes / 2, line);
        line += static_cast<std::int8_t>(table[i + 1]);
    }
    add(UINT64_MAX, line);
}

/// Pairs of a length in bytes and a signed distance in lines, which applies to that length; -128: it has no line.
void LineTable::read_pep626(std::string_view table) {
    std::uint64_t bytes = 0;
    std::int64_t line = first_line_;
    for (std::size_t i = 0; i + 1 < table.size(); i += 2) {
        const auto distance = static_cast<std::int8_t>(table[i + 1]);
        bytes += byte_at(table, i);
        if (distance != -128) line += distance;
        add(bytes / 2, distance == -128 ? 0 : line);
    }
}

void LineTable::read_locations(std::string_view table) {
    std::uint64_t units = 0;
    LocationEntries entries(table, first_line_);
    while (const auto entry = entries.next()) {
        units += entry->units;
        add(units, entry->has_line ? entry->line : 0);
    }
}

}  // namespace alloclens::core
