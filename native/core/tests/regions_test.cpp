#include <doctest/doctest.h>

#include "ask.hpp"
#include "core/testing/capture_builder.hpp"
#include "temporary_file.hpp"

using namespace alloclens::core;
using namespace alloclens::core::testing;
using Json = nlohmann::json;

namespace {

std::uint64_t total(Session& session, const Json& regions) {
    return ask(session, {{"query", "summary"}, {"scope", {{"regions", regions}}}})["total_bytes"];
}

/// outer: 1 + 10 bytes, of which 10 in outer/inner; inner outside of it: 100; outside of all: 1000.
std::string capture(bool lose_a_block) {
    CaptureBuilder builder;
    const auto stack = builder.stack(0, builder.stepping_code("/w/main.py", "main", 1, 9), 1);
    const auto outer = builder.region(0, "outer");
    const auto inner = builder.region(outer, "inner");
    builder.enter_region(outer);
    builder.allocate(stack, 1, 0x1000);
    builder.enter_region(inner);
    builder.new_block();
    if (lose_a_block) {
        builder.allocate(stack, 5000, 0x9000);
        builder.lose_block();
    }
    builder.allocate(stack, 10, 0x2000);
    builder.enter_region(builder.region(0, "inner"));
    const auto thread = builder.thread(77, "other");
    builder.switch_to(thread);
    builder.allocate(stack, 100, 0x3000);
    builder.free(0x3000);
    builder.go_to_region(0);
    builder.allocate(stack, 1000, 0x4000);
    return builder.finished();
}

}  // namespace

TEST_CASE("bytes count for the region in which they were asked for, and for those around it") {
    for (const bool lose_a_block : {false, true}) {
        const TemporaryFile file(capture(lose_a_block));
        Session session(file.path());
        const Json rows = ask(session, {{"query", "regions"}})["regions"];
        REQUIRE(rows.size() == 3);
        CHECK(rows[0]["name"] == "outer");
        CHECK(rows[0]["total_bytes"] == 1);
        CHECK(rows[0]["with_nested"]["total_bytes"] == 11);
        CHECK(rows[1]["name"] == "inner");
        CHECK(rows[1]["parent"] == rows[0]["id"]);
        CHECK(rows[1]["entered"] == 1);
        CHECK(rows[1]["total_bytes"] == 10);
        CHECK(rows[2]["unfreed_bytes"] == 0);
        CHECK(rows[2]["parent"] == 0);
    }
}

TEST_CASE("a scope of regions keeps what was asked for in any of that name, and in those nested in it") {
    const TemporaryFile file(capture(false));
    Session session(file.path());
    CHECK(total(session, {"outer"}) == 11);
    CHECK(total(session, {"inner"}) == 110);
    CHECK(total(session, {"outer", "inner"}) == 111);
    CHECK(total(session, {"none"}) == 0);
    CHECK(total(session, nullptr) == 1111);
}

TEST_CASE("the heap over time of a region is that of what was asked for in it, wherever a block is lost") {
    for (const bool lose_a_block : {false, true}) {
        const TemporaryFile file(capture(lose_a_block));
        Session session(file.path());
        const auto all_in = [&](const Json& scope) {
            return ask(session, {{"query", "history"}, {"subject", {{"path", Json::array()}}}, {"points", 5}, {"scope", scope}});
        };
        CHECK(all_in({{"regions", {"outer"}}})["heap"][0] == 11);
        CHECK(all_in({{"regions", {"inner"}}})["heap"][0] == 110);
        CHECK(all_in({{"regions", {"inner"}}, {"threads", {1}}})["heap"][0] == 100);
        CHECK(all_in(nullptr)["heap"][0] == 1011);
        const Json timeline = ask(session, {{"query", "timeline"}, {"points", 5}, {"scope", {{"regions", {"inner"}}}}});
        CHECK(timeline["heap"][0] == 110);
        CHECK(timeline["peak"]["bytes"] == 110);
        CHECK(timeline["rss"].size() == timeline["heap"].size());
    }
}
