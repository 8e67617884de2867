// What is left at the end: by stack, by how it grew, and apart from it what is kept on purpose.
#include <doctest/doctest.h>

#include "ask.hpp"
#include "core/testing/capture_builder.hpp"
#include "temporary_file.hpp"

using namespace alloclens::core;
using namespace alloclens::core::testing;
using Json = nlohmann::json;

namespace {

Json unfreed(const std::string& capture, std::size_t limit = 100) {
    const TemporaryFile file(capture);
    Session session(file.path());
    return ask(session, {{"query", "unfreed"}, {"limit", limit}, {"parts", 4}});
}

/// `functions[i]` of a group, innermost first.
std::vector<std::string> path_of(const Json& group) {
    std::vector<std::string> functions;
    for (const Json& frame : group["path"]) functions.push_back(frame["function"]);
    return functions;
}

}  // namespace

TEST_CASE("stacks are told apart by their callers, and what grew comes before what is merely large") {
    CaptureBuilder builder;
    const auto main = builder.stepping_code("main.py", "main", 1, 9), add = builder.stepping_code("main.py", "add", 20, 9);
    const auto grows = builder.stack(builder.stack(0, main, 1), add, 1), once = builder.stack(builder.stack(0, main, 2), add, 1);
    // Another instruction of the same line.
    const auto same_line = builder.stack(builder.stack(0, main, 1), add, 1);
    builder.allocate(once, 5000, 0x900000);
    for (std::uint64_t i = 0; i < 80; ++i) {
        builder.allocate(i % 2 ? grows : same_line, 10, 0x1000 + i * 4096);
        builder.allocate(grows, 7, 0x1800 + i * 4096);
        builder.free(0x1800 + i * 4096);
        builder.time(10'000);
    }
    const Json answer = unfreed(builder.finished());
    REQUIRE(answer["groups"].size() == 2);
    const Json& first = answer["groups"][0];
    CHECK(first["keeper"] == "none");
    CHECK(path_of(first) == std::vector<std::string>{"add", "main"});
    CHECK(first["path"][1]["line"] == 1);
    CHECK(first["growth_bytes"] == Json({200, 200, 200, 200}));
    CHECK(first["kept_share"] == 0.5);
    CHECK(answer["groups"][1]["path"][1]["line"] == 2);
    CHECK(answer["groups"][1]["growth_bytes"] == Json({5000, 0, 0, 0}));
    CHECK(answer["totals"]["none"]["bytes"] == 5800);
    CHECK(answer["totals"]["none"]["groups"] == 2);
    CHECK(answer["part_s"].get<double>() == doctest::Approx(0.2).epsilon(0.01));
}

TEST_CASE("what an import made is one group for each module that was imported") {
    CaptureBuilder builder;
    const auto main = builder.stepping_code("main.py", "<module>", 1, 9), machinery = builder.stepping_code("<frozen importlib._bootstrap>", "_load", 1, 9),
               numpy = builder.stepping_code("/usr/lib/python3.12/site-packages/numpy/__init__.py", "<module>", 1, 9),
               core = builder.stepping_code("/usr/lib/python3.12/site-packages/numpy/core.py", "<module>", 1, 9);
    const auto import = builder.stack(builder.stack(0, main, 1), machinery, 1), package = builder.stack(import, numpy, 1);
    const auto inner = builder.stack(builder.stack(package, machinery, 1), core, 3);
    builder.allocate(import, 1, 0x1000);
    builder.allocate(package, 20, 0x2000);
    builder.allocate(inner, 300, 0x3000);
    const Json answer = unfreed(builder.finished());
    CHECK(answer["totals"]["import"]["bytes"] == 320);
    const Json& group = answer["groups"][0];
    CHECK(group["keeper"] == "import");
    CHECK(group["kept_by"]["module"] == "numpy");
    CHECK(group["bytes"] == 320);
    CHECK(path_of(group) == std::vector<std::string>{"<module>", "_load", "<module>"});
}

TEST_CASE("caches are known by their names, their decorators and their modules; callbacks of library code are no caches") {
    CaptureBuilder builder;
    builder.source("/w/main.py", "def main():\n    pass\n\n@lru_cache(maxsize=None)\n@other\ndef parse(text):\n    return text\n");
    const auto main = builder.stepping_code("main.py", "main", 1, 9), parse = builder.stepping_code("main.py", "parse", 4, 9),
               named = builder.stepping_code("main.py", "Store.fill_cache", 20, 9), of_cache = builder.stepping_code("main.py", "Cache.add", 40, 9),
               library = builder.stepping_code("/usr/lib/python3.12/re/_compiler.py", "compile", 1, 9),
               callback = builder.stepping_code("main.py", "callback", 60, 9);
    const auto root = builder.stack(0, main, 1);
    const auto below = builder.stack(root, library, 1);
    builder.allocate(builder.stack(root, parse, 4), 1, 0x1000);
    builder.allocate(builder.stack(root, named, 1), 20, 0x2000);
    builder.allocate(builder.stack(root, of_cache, 1), 300, 0x3000);
    builder.allocate(below, 4000, 0x4000);
    builder.allocate(builder.stack(below, callback, 1), 50000, 0x10000);
    const Json answer = unfreed(builder.finished());
    CHECK(answer["totals"]["cache"]["bytes"] == 4021);
    CHECK(answer["totals"]["none"]["bytes"] == 50300);
    for (const Json& group : answer["groups"]) {
        if (group["bytes"] == 1) CHECK(group["kept_by"]["function"] == "parse");
    }
}

TEST_CASE("of each kind at most as many groups are told as were asked for, and all are counted") {
    CaptureBuilder builder;
    const auto code = builder.stepping_code("main.py", "f", 1, 50);
    for (std::uint32_t i = 1; i <= 50; ++i) builder.allocate(builder.stack(0, code, i), i, 0x1000 * i);
    const Json answer = unfreed(builder.finished(), 10);
    CHECK(answer["groups"].size() == 10);
    CHECK(answer["groups"][0]["bytes"] == 50);
    CHECK(answer["totals"]["none"]["groups"] == 50);
    CHECK(answer["totals"]["none"]["bytes"] == 1275);
}
