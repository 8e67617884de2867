// Which expression an instruction belongs to. Only CPython 3.11 and later record columns.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace alloclens::core {

/// Lines count from 1, columns are bytes of the line's UTF-8 from 0; the end is behind the last byte.
struct Expression {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    std::uint32_t end_line = 0;
    std::uint32_t end_column = 0;
    auto operator<=>(const Expression&) const = default;
};

/// Of a table of kind `locations`; `instruction` counts code units from 1. Nothing when the table does not say.
std::optional<Expression> expression_at(std::string_view locations, std::uint32_t first_line, std::uint32_t instruction);

}  // namespace alloclens::core
