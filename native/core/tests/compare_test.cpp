// Two captures side by side: code that was edited between them is found again.
#include <doctest/doctest.h>

#include "ask.hpp"
#include "core/queries/moved_lines.hpp"
#include "core/testing/capture_builder.hpp"
#include "temporary_file.hpp"

using namespace alloclens::core;
using namespace alloclens::core::testing;
using Json = nlohmann::json;

namespace {

using Lines = std::vector<std::uint32_t>;

constexpr const char* kBefore = "import json\n\ndef load():\n    return [1]\n\ndef main():\n    return load()\n";
/// Two lines more above, and load returns something else.
constexpr const char* kAfter = "import json\nimport sys\n\n\ndef load():\n    return [1, 2]\n\ndef main():\n    return load()\n";

}  // namespace

TEST_CASE("lines are found again below what was put in above them") {
    CHECK(lines_after("a\nb\nc\n", "a\nb\nc\n") == Lines{0, 1, 2, 3});
    CHECK(lines_after("a\nb\nc", "x\na\nb\ny\nc") == Lines{0, 2, 3, 5});
    CHECK(lines_after("a\nb\nc", "a\nc") == Lines{0, 1, 0, 2});
    CHECK(lines_after("a\nb", "a  \r\nB") == Lines{0, 1, 0});
    CHECK(lines_after("", "a") == Lines{0});
    CHECK(lines_after("a", "") == Lines{0, 0});
}

TEST_CASE("lines that stand in many places follow their neighbours") {
    std::string before, after = "new\n";
    for (int i = 0; i < 40; ++i) before += "key " + std::to_string(i) + "\n\n";
    after += before;
    const Lines found = lines_after(before, after);
    for (std::uint32_t line = 1; line <= 80; ++line) CHECK(found[line] == line + 1);
}

TEST_CASE("the hottest line has all functions on it together, and the hottest lines are kept when there are too many") {
    CaptureBuilder builder;
    const auto f = builder.stepping_code("main.py", "f", 1, 9), g = builder.stepping_code("main.py", "g", 1, 9);
    const auto outer = builder.stack(0, f, 1);
    builder.allocate(outer, 30, 0x1000);
    builder.allocate(builder.stack(outer, g, 1), 20, 0x2000);
    builder.allocate(builder.stack(0, f, 2), 40, 0x3000);
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    const auto hottest = [&](const char* attribution) {
        return ask(session, {{"query", "hottest_line"}, {"measure", "peak"}, {"attribution", attribution}})["bytes"].get<int>();
    };
    CHECK(hottest("own") == 50);
    CHECK(hottest("with_callees") == 50);
    const Json lines = ask(session, {{"query", "lines"}, {"measure", "peak"}, {"limit", 2}})["rows"];
    REQUIRE(lines.size() == 2);
    CHECK(lines[0]["peak_bytes"] == 40);
    CHECK(lines[1]["peak_bytes"] == 30);
    CHECK(ask(session, {{"query", "modules"}, {"limit", 0}})["modules"].empty());
}

TEST_CASE("a comparison finds lines, functions and roots of trees again after an edit") {
    CaptureBuilder before, after;
    before.source("/w/main.py", kBefore);
    after.source("/w/main.py", kAfter);
    const auto record = [](CaptureBuilder& builder, std::uint32_t load_line, std::uint64_t bytes) {
        const auto main = builder.stepping_code("main.py", "main", load_line + 3, 3), load = builder.stepping_code("main.py", "load", load_line, 3);
        const auto call = builder.stack(0, main, 2);
        builder.allocate(call, 7, 0x1000);
        builder.allocate(builder.stack(call, load, 2), bytes, 0x2000);
    };
    record(before, 3, 100);
    record(after, 5, 250);
    const TemporaryFile old(before.finished()), now(after.finished());
    Session session(now.path());

    const Json diff = ask(session, {{"query", "diff"}, {"base", old.path()}, {"measure", "peak"}});
    const auto line = [&](std::uint32_t number) {
        Json found;
        for (const Json& row : diff["lines"]) {
            if (row["line"] == number && row["after"]["peak_bytes"] > 0) found = row;
        }
        return found;
    };
    CHECK(line(9)["before"]["peak_bytes"] == 7);    // moved, unchanged
    CHECK(line(6)["before"]["peak_bytes"] == 0);    // changed: the old one is a row of its own
    CHECK(line(6)["after"]["peak_bytes"] == 250);
    CHECK(diff["lines"].size() == 3);

    const Json tree = ask(session, {{"query", "diff_tree"}, {"base", old.path()}, {"measure", "peak"}, {"max_nodes", 100},
                                    {"root", {{"file", "/w/main.py"}, {"function", "load"}, {"first_line", 5}}}});
    CHECK(tree["root"]["name"] == "load");
    CHECK(tree["root"]["bytes"] == 250);
    CHECK(tree["root"]["base_bytes"] == 100);
    CHECK(tree["total_bytes"] == 257);
    const Json callers = ask(session, {{"query", "diff_tree"}, {"base", old.path()}, {"measure", "peak"}, {"max_nodes", 100}, {"inverted", true},
                                       {"root", {{"file", "/w/main.py"}, {"function", "load"}, {"first_line", 5}}}});
    CHECK(callers["root"]["children"][0]["name"] == "main");
    CHECK(callers["root"]["children"][0]["base_bytes"] == 100);

    const Json in_base = ask(session, {{"query", "in_base"}, {"base", old.path()}, {"question", {{"query", "summary"}}}});
    CHECK(in_base["peak_bytes"] == 107);
}
