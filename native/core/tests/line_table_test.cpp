#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "core/code/line_table.hpp"

using alloclens::core::LineTable;
namespace format = alloclens::format;
using Json = nlohmann::json;

namespace {

std::string bytes_of(const std::string& hex) {
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
}

format::LineTable kind_of(const std::string& name) {
    return name == "lnotab" ? format::LineTable::lnotab : name == "pep626" ? format::LineTable::pep626 : format::LineTable::locations;
}

}  // namespace

TEST_CASE("every instruction has the line that CPython 3.8 to 3.15 give it") {
    for (const std::string version : {"3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"}) {
        std::ifstream golden(std::string(ALLOCLENS_TEST_DATA) + "/lines-" + version + ".jsonl");
        REQUIRE(golden);
        unsigned codes = 0;
        for (std::string row; std::getline(golden, row); ++codes) {
            const Json code = Json::parse(row);
            INFO("Python ", version, ", ", code["name"].get<std::string>());
            const std::uint32_t first_line = code["first_line"];
            const std::string table = bytes_of(code["table"]);
            const LineTable lines(kind_of(code["kind"]), table, first_line);
            CHECK(lines.line(0) == first_line);
            std::uint32_t instruction = 1, before = first_line;
            for (const Json& run : code["lines"]) {
                if (!run[1].is_null() && run[1] > 0) before = run[1];  // a module begins with an instruction on line 0
                for (std::uint32_t i = 0; i < run[0]; ++i, ++instruction) {
                    INFO("instruction ", instruction);
                    REQUIRE(lines.line(instruction) == before);
                }
            }
        }
        CHECK(codes > 10);
    }
}

TEST_CASE("a line table of random bytes yields some line and ends") {
    std::mt19937_64 random(3);
    for (int i = 0; i < 20000; ++i) {
        std::string table(random() % 40, '\0');
        for (char& byte : table) byte = static_cast<char>(random());
        const auto kind = static_cast<format::LineTable>(random() % 3);
        const LineTable lines(kind, table, 1 + static_cast<std::uint32_t>(random() % 100));
        for (const std::uint32_t instruction : {0u, 1u, 7u, 100u, 0xFFFFFFFFu}) REQUIRE(lines.line(instruction) >= 1);
    }
}

TEST_CASE("an instruction behind the table has the last line, and an empty table the first") {
    CHECK(LineTable(format::LineTable::locations, "", 12).line(5) == 12);
    CHECK(LineTable(format::LineTable::pep626, std::string("\x04\x01", 2), 12).line(9) == 13);
}
