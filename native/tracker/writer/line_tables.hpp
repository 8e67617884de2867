// Line tables as the capture keeps them.
//
// Those of CPython 3.11 and later hold columns, too, and take more than all else that a short run records. Readers want
// them to tell the parts of a line of the program's own code apart; of libraries the lines alone are kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/code/location_entries.hpp"

namespace alloclens::tracker {

/// Writes a table of 3.11 and later without its columns. It is never longer than the one that is given. Returns its length.
inline std::size_t lines_alone(std::string_view table, char* out) {
    constexpr unsigned kNoLine = 15, kNoColumns = 13, kMostUnits = 8;
    char* end = out;
    unsigned units = 0;  // of the entry that goes on
    bool has_line = false;
    std::int64_t line = 0, told = 0;
    const auto end_entry = [&](unsigned length) {
        *end++ = static_cast<char>(0x80 | (has_line ? kNoColumns : kNoLine) << 3 | (length - 1));
        if (!has_line) return;
        const std::int64_t delta = line - told;
        told = line;
        std::uint64_t bits = delta < 0 ? static_cast<std::uint64_t>(-delta) << 1 | 1 : static_cast<std::uint64_t>(delta) << 1;
        for (; bits >= 0x40; bits >>= 6) *end++ = static_cast<char>(0x40 | (bits & 0x3F));
        *end++ = static_cast<char>(bits);
    };
    core::LocationEntries entries(table, 0);
    while (const auto entry = entries.next()) {
        if (units && entry->has_line == has_line && entry->line == line) {
            units += entry->units;
            if (units > kMostUnits) {
                end_entry(kMostUnits);
                units -= kMostUnits;
            }
            continue;
        }
        if (units) end_entry(units);
        units = entry->units;
        has_line = entry->has_line;
        line = entry->line;
    }
    if (units) end_entry(units);
    return static_cast<std::size_t>(end - out);
}

}  // namespace alloclens::tracker
