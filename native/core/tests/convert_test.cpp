// Captures that were made of other ones: sums in place of events.
#include <doctest/doctest.h>

#include <cstring>
#include <fstream>
#include <iterator>

#include "ask.hpp"
#include "core/testing/capture_builder.hpp"
#include "random_program.hpp"
#include "temporary_file.hpp"

using namespace alloclens::core;
using namespace alloclens::core::testing;
using Json = nlohmann::json;

namespace {

std::string content(const TemporaryFile& file) {
    std::ifstream in(file.path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

RandomProgram program_of(unsigned seed) {
    RandomProgram program(seed);
    for (unsigned i = 0; i < 400; ++i) program.step();
    program.builder.source("main.py", "import json\n");
    program.builder.time(1);
    return program;
}

void convert(const TemporaryFile& from, const TemporaryFile& to) {
    Session session(from.path());
    ask(session, {{"query", "convert"}, {"to", to.path()}});
}

std::string refusal(const TemporaryFile& from, const TemporaryFile& to) {
    try {
        convert(from, to);
    } catch (const Error& error) {
        return error.code();
    }
    return "none";
}

/// What both must tell alike.
void check_same(Session& one, Session& other) {
    for (const char* question : {R"({"query":"lines"})", R"({"query":"functions"})", R"({"query":"threads"})", R"({"query":"allocators"})",
                                 R"({"query":"timeline","points":50})", R"({"query":"files"})", R"({"query":"source","file":"/w/main.py"})",
                                 R"({"query":"tree","measure":"peak","max_nodes":100})",
                                 R"({"query":"tree","measure":"temporary","max_nodes":100,"inverted":true})"}) {
        INFO(question);
        CHECK(one.query(question) == other.query(question));
    }
    Json before = ask(one, {{"query", "summary"}}), after = ask(other, {{"query", "summary"}});
    CHECK(before["aggregate"] == false);
    CHECK(after["aggregate"] == true);
    before.erase("aggregate");
    after.erase("aggregate");
    CHECK(after == before);
}

/// As a program leaves it that was killed: the aggregate lies behind the blocks.
std::string killed(std::string bytes) {
    const std::size_t aggregate = bytes.rfind("ALBK");
    const std::uint64_t begin = (bytes.size() / 4096 + 3) * 4096;
    std::string last = bytes.substr(aggregate);
    bytes.resize(aggregate);
    bytes.resize(begin);
    std::memcpy(bytes.data() + 16, &begin, sizeof begin);
    return bytes + last;
}

}  // namespace

TEST_CASE("a converted capture has the figures of its original, and no events") {
    for (unsigned seed = 1; seed <= 30; ++seed) {
        const TemporaryFile file(program_of(seed).builder.finished()), to;
        convert(file, to);
        Session original(file.path()), converted(to.path());
        check_same(original, converted);
        const Json health = ask(converted, {{"query", "inspect"}});
        for (const Json& kind : health.at("blocks")) CHECK(kind.at("kind") != "events");
    }
}

TEST_CASE("of an aggregate everything is told but sizes and growth, and a part of the run is refused") {
    const TemporaryFile file(program_of(5).builder.finished()), to;
    convert(file, to);
    Session original(file.path()), session(to.path());
    const Json question = {{"query", "stats"}, {"measure", "peak"}, {"limit", 5}};
    Json stats = ask(session, question), before = ask(original, question);
    CHECK(stats["sizes"].empty());
    for (const Json& leak : stats["leaks"]) CHECK(leak["growth_bytes"] == Json({leak["bytes"]}));
    CHECK(stats["leaks"].size() == before["leaks"].size());
    for (Json* const answer : {&stats, &before}) {
        answer->erase("sizes");
        answer->erase("leaks");
    }
    CHECK(stats == before);
    const Json moments = ask(session, {{"query", "moments"}, {"max_nodes", 100}, {"max_parts", 64}});
    CHECK(moments["peaks"] == Json({stats["peak_bytes"]}));
    std::uint64_t total = 0;
    for (const Json& bytes : moments["total"]["bytes"]) total += bytes.get<std::uint64_t>();
    CHECK(total == stats["total_bytes"]);
    for (const Json& scope : {Json{{"from_s", 0.01}}, Json{{"temporary_threshold", 3}}}) {
        for (const char* query : {"summary", "sizes", "lines"}) {
            CHECK_THROWS_AS(ask(session, {{"query", query}, {"scope", scope}}), Error);
        }
    }
}

TEST_CASE("a capture that was cut short stays so when it is converted; what runs, is damaged or converted is refused") {
    const TemporaryFile cut(program_of(2).builder.open()), to, again;
    convert(cut, to);
    Session original(cut.path()), converted(to.path());
    check_same(original, converted);
    CHECK(refusal(to, again) == "bad_query");
    CHECK(refusal(cut, cut) == "io");
    RandomProgram broken = program_of(2);
    broken.builder.lose_block();
    broken.builder.allocate(0, 1, 0x10);
    CHECK(refusal(TemporaryFile(broken.builder.finished()), again) == "damaged");
}

TEST_CASE("a memory limit that was reached is told of a converted capture too") {
    CaptureBuilder builder(CaptureBuilder::metadata(R"(,"memory_limit":500,"memory_limit_action":"raise")"));
    const auto code = builder.stepping_code("main.py", "f", 11, 3);
    builder.allocate(builder.stack(builder.stack(0, code, 1), code, 2), 400, 0x1000);
    builder.new_block();
    const alloclens::format::LimitReached reached{5, 400, 300, 1, 2, 0};
    builder.limit(reached);
    const TemporaryFile file(builder.finished()), to;
    convert(file, to);
    Session original(file.path()), converted(to.path());
    CHECK(ask(original, {{"query", "summary"}})["memory_limit"]["reached"]["stack"].size() == 2);
    check_same(original, converted);
}

TEST_CASE("an aggregate whose program was killed is repaired with its figures") {
    const TemporaryFile cut(program_of(4).builder.open()), whole, repaired;
    convert(cut, whole);
    const TemporaryFile file(killed(content(whole)));
    Session session(file.path());
    const Json before = ask(session, {{"query", "summary"}});
    CHECK(before["total_bytes"] > 0);
    ask(session, {{"query", "repair"}, {"to", repaired.path()}});
    Session after(repaired.path());
    CHECK(after.query(R"({"query":"lines"})") == session.query(R"({"query":"lines"})"));
    CHECK(ask(after, {{"query", "inspect"}})["health"] == "whole");
}
