#include <doctest/doctest.h>

#include "ask.hpp"
#include "random_program.hpp"
#include "temporary_file.hpp"

using namespace alloclens::core;
using namespace alloclens::core::testing;
using Json = nlohmann::json;

namespace {

Figures figures_in(const Json& row) {
    Figures figures;
    figures.peak = {row["peak_bytes"], row["peak_allocations"]};
    figures.unfreed = {row["unfreed_bytes"], row["unfreed_allocations"]};
    figures.total = {row["total_bytes"], row["total_allocations"]};
    return figures;
}

bool same(const Amount& a, const Amount& b) { return a.bytes == b.bytes && a.allocations == b.allocations; }
bool same(const Figures& a, const Figures& b) { return same(a.peak, b.peak) && same(a.unfreed, b.unfreed) && same(a.total, b.total); }

void compare(Session& session, RandomProgram& program) {
    program.finish();
    const Json rows = ask(session, {{"query", "lines"}})["rows"];
    std::array<Figures, RandomProgram::kStacks + 1> read{};
    Figures sum;
    for (const Json& row : rows) {
        const std::size_t stack = row["line"].is_null() ? 0 : row["line"].get<std::size_t>() - 100;
        read[stack] = figures_in(row);
        sum += read[stack];
    }
    for (std::size_t i = 0; i < read.size(); ++i) {
        INFO("stack ", i);
        REQUIRE(read[i].peak.bytes == program.figures[i].peak.bytes);
        REQUIRE(read[i].peak.allocations == program.figures[i].peak.allocations);
        REQUIRE(read[i].unfreed.bytes == program.figures[i].unfreed.bytes);
        REQUIRE(read[i].unfreed.allocations == program.figures[i].unfreed.allocations);
        REQUIRE(same(read[i].total, program.figures[i].total));
    }
    const Json summary = ask(session, {{"query", "summary"}});
    REQUIRE(same(figures_in(summary), sum));
    REQUIRE(summary["peak_bytes"] == program.peak);
    REQUIRE(summary["events"] == program.builder.events());
}

}  // namespace

TEST_CASE("peak, unfreed and total are those of a simple model, for random programs") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        INFO("seed ", seed);
        RandomProgram program(seed);
        for (unsigned i = 0; i < 20 + seed * 3; ++i) program.step();
        const TemporaryFile file(program.builder.finished());
        Session session(file.path());
        compare(session, program);
    }
}

TEST_CASE("a growing capture has the model's figures after every update") {
    for (unsigned seed = 1000; seed < 1020; ++seed) {
        INFO("seed ", seed);
        RandomProgram program(seed);
        const TemporaryFile file(program.builder.open());
        Session session(file.path());
        for (unsigned i = 0; i < 60; ++i) {
            for (unsigned j = 0; j < seed % 7 + 1; ++j) program.step();
            file.write(program.builder.open());
            session.update();
            compare(session, program);
            REQUIRE(ask(session, {{"query", "summary"}})["complete"] == false);
        }
        file.write(program.builder.finished());
        REQUIRE(session.update());
        REQUIRE_FALSE(session.update());
        compare(session, program);
        REQUIRE(ask(session, {{"query", "summary"}})["complete"] == true);
    }
}

TEST_CASE("of two moments with the same heap the last is the peak") {
    CaptureBuilder builder;
    const auto code = builder.stepping_code("main.py", "f", 1, 3);
    const auto first = builder.stack(0, code, 1), second = builder.stack(0, code, 2);
    builder.allocate(first, 100, 0x1000);
    builder.free(0x1000);
    builder.time(2'000'000);
    builder.allocate(second, 100, 0x2000);
    builder.free(0x2000);
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    const Json rows = ask(session, {{"query", "lines"}})["rows"];
    CHECK(rows[0]["line"] == 2);
    CHECK(rows[0]["peak_bytes"] == 100);
    CHECK(rows[1]["line"] == 1);
    CHECK(rows[1]["peak_bytes"] == 0);
    CHECK(ask(session, {{"query", "summary"}})["peak_time_s"] == 2.0);
}

TEST_CASE("a block that is handed out twice is said, and its first life has ended") {
    CaptureBuilder builder;
    builder.allocate(0, 100, 0x1000);
    builder.allocate(0, 30, 0x1000);
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    const Json summary = ask(session, {{"query", "summary"}});
    CHECK(summary["unfreed_bytes"] == 30);
    CHECK(summary["total_bytes"] == 130);
    REQUIRE(summary["notes"].size() == 1);
    CHECK(summary["notes"][0].get<std::string>().starts_with("1 block was handed out again"));
}
