// Which line an instruction belongs to, for the three kinds of line table that CPython 3.8 to 3.15 have.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/format/layout.hpp"

namespace alloclens::core {

/// A table that is cut or makes no sense yields the lines up to there.
class LineTable {
  public:
    LineTable(format::LineTable format, std::string_view table, std::uint32_t first_line);

    /// `instruction` counts code units of two bytes from 1; 0 is a frame that has not started. An instruction of no
    /// line (a prologue) belongs to the line before it, else to the first.
    std::uint32_t line(std::uint32_t instruction) const;

  private:
    struct Range {
        std::uint64_t end;  ///< code units
        std::uint32_t line;
    };

    void read_lnotab(std::string_view table);
    void read_pep626(std::string_view table);
    void read_locations(std::string_view table);
    /// Lines below 1 are none.
    void add(std::uint64_t end, std::int64_t line);

    std::uint32_t first_line_;
    std::vector<Range> ranges_;
};

}  // namespace alloclens::core
