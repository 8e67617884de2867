// Figures of expressions and of ranges of lines.
#include <doctest/doctest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "ask.hpp"
#include "core/code/expression.hpp"
#include "core/testing/capture_builder.hpp"
#include "temporary_file.hpp"

using namespace alloclens::core;
using namespace alloclens::core::testing;
using Json = nlohmann::json;

namespace {

/// A location table of one entry: so many code units, on the first line, from one column to another.
std::string one_line(unsigned units, unsigned line_delta, unsigned column, unsigned end_column) {
    return {static_cast<char>(0x80 | (10 + line_delta) << 3 | (units - 1)), static_cast<char>(column), static_cast<char>(end_column)};
}

std::uint64_t total(const Json& figures) { return figures["total_bytes"]; }

}  // namespace

TEST_CASE("an instruction's expression is where CPython's location table says") {
    // def f(): return g(x) + h(y) -- with the columns of the two calls, an instruction without a place, and one over three lines.
    const std::string table = one_line(2, 1, 11, 15) + one_line(3, 0, 18, 22) + std::string("\xF8") +  // 15: no location, 1 unit
                              std::string("\xF0\x02\x02\x05\x01", 5) +  // 14: line + 1, end 2 more, columns 4 to 0
                              std::string("\xA0\x34", 2);               // 4: columns 32 + 3 to 4 more
    CHECK(expression_at(table, 7, 1) == Expression{8, 11, 8, 15});
    CHECK(expression_at(table, 7, 2) == Expression{8, 11, 8, 15});
    CHECK(expression_at(table, 7, 5) == Expression{8, 18, 8, 22});
    CHECK_FALSE(expression_at(table, 7, 6));
    CHECK(expression_at(table, 7, 7) == Expression{9, 4, 11, 0});
    CHECK(expression_at(table, 7, 8) == Expression{9, 35, 9, 39});
    CHECK_FALSE(expression_at(table, 7, 9));
    CHECK_FALSE(expression_at(table, 7, 0));
}

TEST_CASE("a location table of random bytes yields expressions that begin before they end in lines, or none") {
    std::mt19937_64 random(5);
    for (int i = 0; i < 20000; ++i) {
        std::string table(random() % 40, '\0');
        for (char& byte : table) byte = static_cast<char>(random() | (random() % 2 ? 0x80 : 0));
        for (const std::uint32_t instruction : {1u, 4u, 30u}) {
            const auto expression = expression_at(table, 1, instruction);
            if (expression) REQUIRE((expression->line >= 1 && expression->end_line >= expression->line));
        }
    }
}

TEST_CASE("the expressions of a line tell its bytes apart") {
    CaptureBuilder builder;
    const auto two_calls = builder.code("main.py", "f", 7, one_line(1, 1, 11, 15) + one_line(1, 0, 18, 22));
    const auto library = builder.stepping_code("/usr/lib/python3.12/json.py", "parse", 30, 1);
    const auto left = builder.stack(0, two_calls, 1), right = builder.stack(0, two_calls, 2);
    builder.allocate(left, 10, 0x1000);
    builder.allocate(right, 20, 0x2000);
    builder.allocate(builder.stack(right, library, 1), 100, 0x3000);
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    const Json expressions = ask(session, {{"query", "expressions"}, {"file", "/w/main.py"}})["expressions"];
    REQUIRE(expressions.size() == 2);
    CHECK(expressions[0]["line"] == 8);
    CHECK(expressions[0]["column"] == 11);
    CHECK(expressions[0]["end_column"] == 15);
    CHECK(total(expressions[0]["yours"]) == 10);
    CHECK(total(expressions[1]["own"]) == 20);
    CHECK(total(expressions[1]["yours"]) == 120);
    CHECK(total(expressions[1]["with_callees"]) == 120);
}

TEST_CASE("a range of lines counts each stack with a frame inside it once, also within another range") {
    CaptureBuilder builder;
    const auto outside = builder.stepping_code("main.py", "main", 1, 3);
    const auto method = builder.stepping_code("main.py", "Outer.a", 11, 3);
    const auto inner = builder.stepping_code("main.py", "Outer.Inner.b", 21, 3);
    const auto other = builder.stepping_code("main.py", "Other.c", 41, 3);
    const auto main = builder.stack(0, outside, 1);
    const auto a = builder.stack(main, method, 1);
    const auto b = builder.stack(a, inner, 2);
    const auto a_again = builder.stack(b, method, 2);
    const auto c = builder.stack(a_again, other, 1);
    std::uint64_t address = 0x1000;
    for (const auto stack : {main, a, b, a_again, c}) builder.allocate(stack, std::uint64_t{1} << stack, address += 0x1000);
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    const auto bytes = [](std::initializer_list<std::uint32_t> stacks) {
        std::uint64_t sum = 0;
        for (const auto stack : stacks) sum += std::uint64_t{1} << stack;
        return sum;
    };
    const auto range = [](unsigned first, unsigned last) { return Json{{"first_line", first}, {"last_line", last}}; };
    const Json answer = ask(session, {{"query", "line_ranges"},
                                      {"file", "/w/main.py"},
                                      {"ranges", {range(10, 30), range(20, 30), range(40, 50), range(90, 99)}}})["ranges"];
    REQUIRE(answer.size() == 4);
    CHECK(total(answer[0]["with_callees"]) == bytes({a, b, a_again, c}));
    CHECK(total(answer[1]["with_callees"]) == bytes({b, a_again, c}));
    CHECK(total(answer[2]["with_callees"]) == bytes({c}));
    CHECK(total(answer[3]["with_callees"]) == 0);

    const Json tree = ask(session, {{"query", "tree"},
                                    {"measure", "total"},
                                    {"max_nodes", 100},
                                    {"root", {{"file", "/w/main.py"}, {"function", "Outer"}, {"first_line", 10}, {"last_line", 30}}}})["root"];
    CHECK(tree["name"] == "Outer");
    CHECK(tree["bytes"] == bytes({a, b, a_again, c}));
    REQUIRE(tree["children"].size() == 1);
    CHECK(tree["children"][0]["name"] == "Outer.a");
}
