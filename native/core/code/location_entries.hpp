// Steps through a location table of CPython 3.11 and later: Objects/locations.md (Objects/location_tables.md before 3.13).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace alloclens::core {

struct LocationEntry {
    unsigned units;     ///< of two bytes, that the entry is for
    bool has_line;
    bool has_columns;
    std::int64_t line;  ///< also of an entry without one: that before
    std::int64_t end_line;
    std::int64_t column;
    std::int64_t end_column;
};

class LocationEntries {
  public:
    LocationEntries(std::string_view table, std::uint32_t first_line) : table_(table), line_(first_line) {}

    /// Nothing at the end, or where the table is cut or makes no sense.
    std::optional<LocationEntry> next() {
        // The first byte has bit 7 set, the kind in bits 3–6 and the length in code units less one in bits 0–2.
        constexpr unsigned kNone = 15, kLong = 14, kNoColumns = 13, kOneLine0 = 10;
        if (at_ >= table_.size() || !(byte() & 0x80)) return std::nullopt;
        const unsigned head = byte();
        const unsigned kind = head >> 3 & 15;
        ++at_;
        LocationEntry entry{(head & 7u) + 1, kind != kNone, false, line_, line_, 0, 0};
        std::int64_t line_delta = 0, end_delta = 0, column = 0, end_column = 0;
        if (kind == kNoColumns) {
            if (!signed_number(line_delta)) return std::nullopt;
        } else if (kind == kLong) {
            if (!signed_number(line_delta) || !number(end_delta) || !number(column) || !number(end_column)) return std::nullopt;
            entry.has_columns = column > 0 && end_column > 0;  // one more than they are; 0 is none
            entry.column = column - 1;
            entry.end_column = end_column - 1;
        } else if (kind != kNone) {
            const std::size_t bytes = kind < kOneLine0 ? 1 : 2;
            if (at_ + bytes > table_.size()) return std::nullopt;
            const unsigned first = byte();
            entry.has_columns = true;
            if (kind < kOneLine0) {
                entry.column = kind << 3 | (first >> 4 & 7);
                entry.end_column = entry.column + (first & 15);
            } else {
                line_delta = kind - kOneLine0;
                entry.column = first;
                entry.end_column = static_cast<std::uint8_t>(table_[at_ + 1]);
            }
        }
        line_ += line_delta;
        entry.line = line_;
        entry.end_line = line_ + end_delta;
        while (at_ < table_.size() && !(byte() & 0x80)) ++at_;
        return entry;
    }

  private:
    std::uint8_t byte() const { return static_cast<std::uint8_t>(table_[at_]); }

    /// 6 bits a byte, low ones first, bit 6 says that more follow.
    bool number(std::int64_t& value) {
        std::uint64_t bits = 0;
        for (unsigned shift = 0; shift < 36 && at_ < table_.size(); shift += 6) {
            const std::uint8_t next = byte();
            ++at_;
            bits |= static_cast<std::uint64_t>(next & 0x3F) << shift;
            if (next & 0x40) continue;
            value = static_cast<std::int64_t>(bits);
            return true;
        }
        return false;
    }
    /// The lowest bit is the sign.
    bool signed_number(std::int64_t& value) {
        if (!number(value)) return false;
        value = value & 1 ? -(value >> 1) : value >> 1;
        return true;
    }

    std::string_view table_;
    std::size_t at_ = 0;
    std::int64_t line_;
};

}  // namespace alloclens::core
