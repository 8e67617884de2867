#include "tracker/writer/line_tables.hpp"

#include <random>
#include <string>

#include <doctest/doctest.h>

#include "core/code/line_table.hpp"

namespace alloclens::tracker {
namespace {

/// As a compiler may write it: Objects/locations.md.
std::string table_of(std::mt19937& random, unsigned entries) {
    std::string table;
    const auto number = [&](std::uint64_t value) {
        for (; value >= 0x40; value >>= 6) table += static_cast<char>(0x40 | (value & 0x3F));
        table += static_cast<char>(value);
    };
    const auto line_delta = [&] { number(random() % 8 ? random() % 6 : random() % 5000); };  // the lowest bit is the sign
    for (unsigned i = 0; i < entries; ++i) {
        const auto kind = static_cast<unsigned>(random() % 16), units = static_cast<unsigned>(random() % 8);
        table += static_cast<char>(0x80 | kind << 3 | units);
        if (kind < 10) table += static_cast<char>(random() % 128);
        else if (kind < 13) table += {static_cast<char>(random() % 128), static_cast<char>(random() % 128)};
        else if (kind == 13) line_delta();
        else if (kind == 14) line_delta(), number(random() % 3), number(random() % 200), number(random() % 200);
    }
    return table;
}

}  // namespace

TEST_CASE("a line table without columns tells the same lines and is no longer") {
    std::mt19937 random(1);
    std::size_t before = 0, after = 0;
    for (int round = 0; round < 2000; ++round) {
        const std::string table = table_of(random, 1 + static_cast<unsigned>(random() % 60));
        std::string kept(table.size(), '\0');
        kept.resize(lines_alone(table, kept.data()));
        before += table.size();
        after += kept.size();
        const core::LineTable whole(format::LineTable::locations, table, 10'000), lines(format::LineTable::locations, kept, 10'000);
        bool same = true;
        for (std::uint32_t instruction = 0; instruction < 500; ++instruction) same &= whole.line(instruction) == lines.line(instruction);
        REQUIRE(same);
        core::LocationEntries entries(kept, 1);
        while (const auto entry = entries.next()) same &= !entry->has_columns;
        REQUIRE(same);
    }
    CHECK(after < before);
}

TEST_CASE("a line table that is cut anywhere is told up to there") {
    std::mt19937 random(2);
    const std::string table = table_of(random, 40);
    for (std::size_t length = 0; length <= table.size(); ++length) {
        std::string kept(length + 1, 'x');
        const std::size_t used = lines_alone({table.data(), length}, kept.data());
        REQUIRE(used <= length);
        REQUIRE(kept[length] == 'x');
    }
}

}  // namespace alloclens::tracker
