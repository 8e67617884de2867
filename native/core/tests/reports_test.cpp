// Ranges, tables, comparisons, exports and repairs.
#include <doctest/doctest.h>

#include <fstream>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "ask.hpp"
#include "core/exports/gzip.hpp"
#include "core/testing/capture_builder.hpp"
#include "random_program.hpp"
#include "temporary_file.hpp"

using namespace alloclens::core;
using namespace alloclens::core::testing;
using Json = nlohmann::json;

namespace {

const char* const kFields[] = {"peak_bytes", "peak_allocations", "unfreed_bytes", "unfreed_allocations",
                               "total_bytes", "total_allocations", "temporary_bytes", "temporary_allocations"};
const char* const kMeasures[] = {"peak", "unfreed", "total", "temporary"};

std::uint64_t sum_of(const Json& rows, const std::string& field) {
    return std::accumulate(rows.begin(), rows.end(), std::uint64_t{0}, [&](std::uint64_t sum, const Json& row) { return sum + row[field].get<std::uint64_t>(); });
}

std::string contents(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

std::string exported(Session& session, const char* format, const char* measure = "total") {
    const TemporaryFile to;
    const Json answer = ask(session, {{"query", "export"}, {"format", format}, {"to", to.path()}, {"measure", measure}});
    const std::string text = contents(to.path());
    REQUIRE(answer["bytes"] == text.size());
    return text;
}

/// Fields of a protobuf message: number and, for a message or text, its bytes.
std::vector<std::pair<unsigned, std::string>> fields_of(std::string_view message) {
    std::vector<std::pair<unsigned, std::string>> fields;
    const auto varint = [&message] {
        std::uint64_t value = 0;
        for (unsigned shift = 0;; shift += 7) {
            const auto byte = static_cast<std::uint8_t>(message.front());
            message.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (byte < 0x80) return value;
        }
    };
    while (!message.empty()) {
        const std::uint64_t key = varint();
        const std::uint64_t value = varint();
        if ((key & 7) == 2) {
            fields.emplace_back(key >> 3, message.substr(0, value));
            message.remove_prefix(value);
        } else {
            REQUIRE((key & 7) == 0);
            fields.emplace_back(key >> 3, std::to_string(value));
        }
    }
    return fields;
}

std::string gunzip_stored(std::string_view bytes) {
    REQUIRE(bytes.substr(0, 3) == "\x1f\x8b\x08");
    bytes.remove_prefix(10);
    std::string result;
    for (bool last = false; !last;) {
        last = bytes[0] != 0;
        const std::size_t length = static_cast<std::uint8_t>(bytes[1]) | static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[2])) << 8;
        result += bytes.substr(5, length);
        bytes.remove_prefix(5 + length);
    }
    std::uint32_t checksum = 0;
    std::memcpy(&checksum, bytes.data(), 4);
    REQUIRE(checksum == crc32(result));
    return result;
}

}  // namespace

TEST_CASE("the parts of every table are the whole, in every range, and the peak is one number everywhere") {
    for (unsigned seed = 0; seed < 60; ++seed) {
        INFO("seed ", seed);
        RandomProgram program(seed);
        for (unsigned i = 0; i < 200; ++i) program.step();
        const TemporaryFile file(program.builder.finished());
        Session session(file.path());
        const double from = static_cast<double>(seed % 4) * 0.004;
        Json scope = {{"from_s", from}};
        if (seed % 3) scope["to_s"] = from + 0.005;
        if (seed % 5 == 0) scope["include"] = {"main.py"};
        const auto of = [&](Json question) {
            question["scope"] = scope;
            return ask(session, question);
        };
        const Json summary = of({{"query", "summary"}});
        const Json stats = of({{"query", "stats"}, {"measure", "peak"}, {"limit", 1000}});
        for (const char* field : kFields) {
            INFO(std::string(field));
            for (const char* table : {"threads", "allocators", "sizes"}) {
                INFO(std::string(table));
                REQUIRE(sum_of(of({{"query", table}})[table], field) == summary[field]);
                REQUIRE(sum_of(stats[table], field) == summary[field]);
            }
            REQUIRE(sum_of(of({{"query", "lines"}})["rows"], field) == summary[field]);
            REQUIRE(stats[field] == summary[field]);
        }
        for (const std::string measure : kMeasures) {
            for (const bool inverted : {false, true}) {
                for (const bool split : {false, true}) {
                    const Json tree = of({{"query", "tree"}, {"measure", measure}, {"max_nodes", 7}, {"inverted", inverted}, {"split_threads", split}});
                    REQUIRE(tree["total_bytes"] == summary[measure + "_bytes"]);
                    REQUIRE(tree["root"]["bytes"] == summary[measure + "_bytes"]);
                    REQUIRE(tree["root"]["allocations"] == summary[measure + "_allocations"]);
                }
            }
            std::uint64_t bytes = 0;
            for (unsigned offset = 0, total = 1; offset < total; offset += 5) {
                const Json page = of({{"query", "records"}, {"measure", measure}, {"offset", offset}, {"limit", 5}});
                total = page["total"];
                for (const std::uint64_t row : page["bytes"]) bytes += row;
            }
            REQUIRE(bytes == summary[measure + "_bytes"]);
        }
        if (!scope.contains("include")) {
            const Json timeline = of({{"query", "timeline"}, {"points", 50}});
            REQUIRE(timeline["peak"]["bytes"] == summary["peak_bytes"]);
            const auto heap = timeline["heap"].get<std::vector<std::uint64_t>>();
            if (!heap.empty()) REQUIRE(*std::max_element(heap.begin(), heap.end()) == summary["peak_bytes"]);
        }
    }
}

TEST_CASE("records come in order, most bytes first, whatever the size of the pages") {
    RandomProgram program(5);
    for (unsigned i = 0; i < 300; ++i) program.step();
    const TemporaryFile file(program.builder.finished());
    Session session(file.path());
    const Json whole = ask(session, {{"query", "records"}, {"measure", "total"}, {"offset", 0}, {"limit", 100000}});
    const auto bytes = whole["bytes"].get<std::vector<std::uint64_t>>();
    REQUIRE(bytes.size() == whole["total"]);
    CHECK(std::is_sorted(bytes.rbegin(), bytes.rend()));
    Json stacks = Json::array();
    for (unsigned offset = 0; offset < bytes.size(); offset += 7) {
        const Json page = ask(session, {{"query", "records"}, {"measure", "total"}, {"offset", offset}, {"limit", 7}});
        for (const Json& stack : page["stack"]) stacks.push_back(stack);
    }
    CHECK(stacks == whole["stack"]);
}

TEST_CASE("globs choose stacks by path, by path below the working directory and by module") {
    CaptureBuilder builder;
    const auto main = builder.stepping_code("pkg/main.py", "main", 1, 2);
    const auto numpy = builder.stepping_code("/usr/lib/python3.12/site-packages/numpy/core/x.py", "zeros", 1, 2);
    const auto at_main = builder.stack(0, main, 1);
    builder.allocate(at_main, 1, 0x1000);
    builder.allocate(builder.stack(at_main, numpy, 1), 10, 0x2000);
    builder.allocate(0, 100, 0x3000);
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    const auto bytes = [&](const Json& scope) { return ask(session, {{"query", "summary"}, {"scope", scope}})["peak_bytes"].get<int>(); };
    CHECK(bytes({{"include", {"numpy"}}}) == 10);
    CHECK(bytes({{"include", {"numpy.core.*"}}}) == 10);
    CHECK(bytes({{"include", {"pkg/*"}}}) == 11);
    CHECK(bytes({{"include", {"/w/pkg/main.py"}}}) == 11);
    CHECK(bytes({{"exclude", {"*/numpy/*"}}}) == 101);
    CHECK(bytes({{"include", {"pkg.main"}}, {"exclude", {"numpy"}}}) == 1);
    CHECK(bytes({{"include", {"nothing"}}}) == 0);
    const Json modules = ask(session, {{"query", "modules"}})["modules"];
    REQUIRE(modules.size() == 2);
    CHECK(modules[0]["module"] == "pkg");
    CHECK(modules[0]["with_callees"]["peak_bytes"] == 11);
    CHECK(modules[1]["module"] == "numpy");
    CHECK(modules[1]["own"]["peak_bytes"] == 10);
}

TEST_CASE("a line that grows in every part of the run is suspected before one that keeps more since its first moment") {
    CaptureBuilder builder;
    const auto code = builder.stepping_code("main.py", "f", 1, 9);
    const auto grows = builder.stack(0, code, 1), once = builder.stack(0, code, 2), freed = builder.stack(0, code, 3);
    builder.allocate(once, 5000, 0x900000);
    for (std::uint64_t i = 0; i < 80; ++i) {
        builder.allocate(grows, 10, 0x1000 + i * 4096);
        builder.allocate(freed, 10, 0x1800 + i * 4096);
        builder.free(0x1800 + i * 4096);
        builder.time(10'000);
    }
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    const Json leaks = ask(session, {{"query", "leaks"}, {"limit", 10}, {"parts", 4}})["leaks"];
    REQUIRE(leaks.size() == 2);
    CHECK(leaks[0]["line"] == 1);
    CHECK(leaks[0]["growth_bytes"] == Json({200, 200, 200, 200}));
    CHECK(leaks[0]["kept_share"] == 1.0);
    CHECK(leaks[1]["line"] == 2);
    CHECK(leaks[1]["growth_bytes"] == Json({5000, 0, 0, 0}));
}

TEST_CASE("neighbours of a function are who calls it and whom it calls, each stack once") {
    CaptureBuilder builder;
    const auto main = builder.stepping_code("main.py", "main", 1, 3), load = builder.stepping_code("main.py", "load", 10, 3),
               parse = builder.stepping_code("main.py", "parse", 20, 3);
    const auto at_main = builder.stack(0, main, 1), at_load = builder.stack(at_main, load, 1), again = builder.stack(at_load, load, 2);
    builder.allocate(at_load, 1, 0x1000);
    builder.allocate(builder.stack(again, parse, 1), 10, 0x2000);
    builder.allocate(builder.stack(at_load, parse, 1), 100, 0x3000);
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    const Json answer = ask(session, {{"query", "neighbours"}, {"function", {{"file", "/w/main.py"}, {"function", "load"}, {"first_line", 10}}}, {"measure", "peak"}, {"limit", 9}});
    CHECK(answer["own"]["peak_bytes"] == 1);
    CHECK(answer["with_callees"]["peak_bytes"] == 111);
    REQUIRE(answer["callers"].size() == 1);
    CHECK(answer["callers"][0]["function"] == "main");
    CHECK(answer["callers"][0]["bytes"] == 111);
    REQUIRE(answer["callees"].size() == 2);
    CHECK(answer["callees"][0]["function"] == "parse");
    CHECK(answer["callees"][0]["bytes"] == 100);
    CHECK(answer["callees"][1]["function"] == "load");
    CHECK(answer["callees"][1]["bytes"] == 10);
}

TEST_CASE("the history of a line tells its heap over time and how long its blocks lived") {
    CaptureBuilder builder;
    const auto code = builder.stepping_code("main.py", "f", 1, 9);
    const auto line = builder.stack(0, code, 1), other = builder.stack(0, code, 2);
    builder.allocate(line, 100, 0x1000);
    builder.allocate(other, 7, 0x2000);
    builder.time(500'000);
    builder.allocate(line, 300, 0x3000);
    builder.free(0x1000);
    builder.time(2'000'000);
    builder.free(0x3000);
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    const Json subjects[] = {{{"file", "/w/main.py"}, {"line", 1}, {"attribution", "own"}},
                             {{"path", {{{"file", "/w/main.py"}, {"line", 1}, {"function", "f"}}}}}};
    for (const Json& subject : subjects) {
        const Json history = ask(session, {{"query", "history"}, {"subject", subject}, {"points", 5}});
        CHECK(history["heap"].size() == history["times"].size());
        CHECK(history["blocks"].size() == history["times"].size());
        CHECK(history["heap"][0] == 400);
        CHECK(history["heap"].back() == 300);
        CHECK(history["figures"]["total_bytes"] == 400);
        CHECK(history["average_size"] == 200.0);
        CHECK(history["average_lifetime_s"] == 1.25);
        CHECK(history["lifetimes"][3] == Json{{"below_s", 1.0}, {"allocations", 1}, {"bytes", 100}});
        CHECK(history["lifetimes"][4] == Json{{"below_s", 10.0}, {"allocations", 1}, {"bytes", 300}});
    }
    const Json later = ask(session, {{"query", "history"}, {"subject", subjects[0]}, {"points", 5}, {"scope", {{"from_s", 0.6}}}});
    CHECK(later["heap"][0] == 300);
    CHECK(later["figures"]["total_bytes"] == 0);
}

TEST_CASE("two captures are compared by line, by function and as a tree, wherever their folders lie") {
    const auto capture = [](const char* cwd, std::uint64_t size, unsigned first_line) {
        std::string metadata = CaptureBuilder::metadata();
        metadata.replace(metadata.find("\"cwd\":\"/w\""), 10, std::string("\"cwd\":\"") + cwd + "\"");
        CaptureBuilder builder(metadata);
        const auto main = builder.stepping_code("main.py", "main", 1, 3), load = builder.stepping_code("main.py", "load", first_line, 3);
        const auto at_main = builder.stack(0, main, 1);
        builder.allocate(at_main, 5, 0x1000);
        builder.allocate(builder.stack(at_main, load, 1), size, 0x2000);
        return builder.finished();
    };
    const TemporaryFile before(capture("/here", 100, 10)), after(capture("/there", 250, 20));
    Session session(after.path());
    const Json diff = ask(session, {{"query", "diff"}, {"base", before.path()}, {"measure", "peak"}});
    CHECK(diff["before"]["peak_bytes"] == 105);
    CHECK(diff["after"]["peak_bytes"] == 255);
    CHECK(diff["functions"][0]["function"] == "load");
    CHECK(diff["functions"][0]["first_line"] == 20);
    CHECK(diff["functions"][0]["before"]["own"]["peak_bytes"] == 100);
    CHECK(diff["functions"][0]["after"]["own"]["peak_bytes"] == 250);
    CHECK(sum_of(diff["lines"], "line") == 31);  // load's line 10 and 20, main's is one row
    for (const bool inverted : {false, true}) {
        const Json tree = ask(session, {{"query", "diff_tree"}, {"base", before.path()}, {"measure", "peak"}, {"max_nodes", 100}, {"inverted", inverted}});
        CHECK(tree["total_bytes"] == 255);
        CHECK(tree["base_bytes"] == 105);
        CHECK(tree["root"]["bytes"] == 255);
        CHECK(tree["root"]["base_bytes"] == 105);
        const Json& load = inverted ? tree["root"]["children"][0] : tree["root"]["children"][0]["children"][0];
        CHECK(load["name"] == "load");
        CHECK(load["bytes"] == 250);
        CHECK(load["base_bytes"] == 100);
    }
}

TEST_CASE("every export has the capture's bytes") {
    RandomProgram program(11);
    for (unsigned i = 0; i < 300; ++i) program.step();
    const TemporaryFile file(program.builder.finished());
    Session session(file.path());
    const Json summary = ask(session, {{"query", "summary"}});
    const std::uint64_t total = summary["total_bytes"];

    std::uint64_t collapsed = 0;
    std::istringstream lines(exported(session, "collapsed"));
    for (std::string line; std::getline(lines, line);) collapsed += std::stoull(line.substr(line.rfind(' ') + 1));
    CHECK(collapsed == total);

    const Json speedscope = Json::parse(exported(session, "speedscope"));
    const Json& profile = speedscope["profiles"][0];
    CHECK(profile["endValue"] == total);
    CHECK(profile["samples"].size() == profile["weights"].size());
    std::uint64_t weights = 0;
    for (const std::uint64_t weight : profile["weights"]) weights += weight;
    CHECK(weights == total);
    for (const Json& sample : profile["samples"]) {
        for (const std::size_t frame : sample) REQUIRE(frame < speedscope["shared"]["frames"].size());
    }

    const Json json = Json::parse(exported(session, "json"));
    for (const char* field : kFields) CHECK(sum_of(json["records"], field) == summary[field]);
    CHECK(json["lines"].size() == ask(session, {{"query", "lines"}})["rows"].size());
    CHECK(json["summary"]["run_id"] == summary["run_id"]);

    std::uint64_t ndjson = 0;
    std::istringstream objects(exported(session, "ndjson"));
    for (std::string line; std::getline(objects, line);) {
        const Json object = Json::parse(line);
        if (object["type"] == "record") ndjson += object["total_bytes"].get<std::uint64_t>();
    }
    CHECK(ndjson == total);

    std::uint64_t csv = 0;
    std::istringstream rows(exported(session, "csv"));
    std::string row;
    std::getline(rows, row);
    CHECK(row == "bytes,allocations,thread,allocator,function,file,line,stack\r");
    while (std::getline(rows, row)) csv += std::stoull(row);
    CHECK(csv == total);
}

TEST_CASE("a pprof profile has samples of all measures, and every id it names") {
    CaptureBuilder builder;
    const auto code = builder.stepping_code("main.py", "load", 1, 9);
    builder.thread(77, "worker");
    builder.switch_to(1);
    const auto line = builder.stack(0, code, 3);
    builder.allocate(line, 100, 0x1000);
    builder.allocate(line, 50, 0x2000);
    builder.free(0x2000);
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    std::vector<std::string> texts, samples, locations, functions;
    std::string default_type;
    for (const auto& [number, bytes] : fields_of(gunzip_stored(exported(session, "pprof", "unfreed")))) {
        if (number == 2) samples.push_back(bytes);
        if (number == 4) locations.push_back(bytes);
        if (number == 5) functions.push_back(bytes);
        if (number == 6) texts.push_back(bytes);
        if (number == 14) default_type = bytes;
    }
    REQUIRE(samples.size() == 1);
    CHECK(texts[0].empty());
    CHECK(texts[std::stoul(default_type)] == "unfreed_space");
    const auto sample = fields_of(samples[0]);
    CHECK(sample[0].second == std::string("\x02"));  // the location of place 1
    CHECK(sample[1].second == std::string("\x02\x96\x01\x01\x64\x02\x96\x01\x01\x32"));  // 2, 150, 1, 100, 2, 150, 1, 50
    CHECK(locations.size() == 2);
    CHECK(functions.size() == 2);
    CHECK(std::find(texts.begin(), texts.end(), "worker") != texts.end());
    CHECK(std::find(texts.begin(), texts.end(), "/w/main.py") != texts.end());
}

TEST_CASE("what can't be written, and a format that there is not, is said") {
    const TemporaryFile file(CaptureBuilder().finished());
    Session session(file.path());
    const auto code = [&](const Json& question) -> std::string {
        try {
            ask(session, question);
        } catch (const Error& error) {
            return error.code();
        }
        return "none";
    };
    CHECK(code({{"query", "export"}, {"format", "csv"}, {"to", "/nowhere/at/all"}, {"measure", "peak"}}) == "io");
    CHECK(code({{"query", "export"}, {"format", "xml"}, {"to", "/tmp/x"}, {"measure", "peak"}}) == "bad_query");
    CHECK(code({{"query", "repair"}, {"to", file.path()}}) == "io");
    CHECK(code({{"query", "summary"}, {"scope", {{"from_s", 3}, {"to_s", 2}}}}) == "bad_query");
    CHECK(code({{"query", "summary"}, {"scope", {{"temporary_threshold", 0}}}}) == "bad_query");
    CHECK(code({{"query", "tree"}, {"measure", "peak"}, {"max_nodes", 5}, {"hide", {"me"}}}) == "bad_query");
}

TEST_CASE("a capture that was cut short is repaired: the same figures, with an end that says so") {
    RandomProgram program(3);
    for (unsigned i = 0; i < 150; ++i) program.step();
    const TemporaryFile file(program.builder.open()), to;
    Session session(file.path());
    CHECK(ask(session, {{"query", "inspect"}})["health"] == "cut_short");
    const Json before = ask(session, {{"query", "summary"}});
    ask(session, {{"query", "repair"}, {"to", to.path()}});
    Session repaired(to.path());
    const Json after = ask(repaired, {{"query", "summary"}});
    for (const char* field : kFields) CHECK(after[field] == before[field]);
    CHECK(after["events"] == before["events"]);
    CHECK(after["complete"] == true);
    CHECK(after["notes"][0].get<std::string>().find("repaired") != std::string::npos);
    const Json inspection = ask(repaired, {{"query", "inspect"}});
    CHECK(inspection["health"] == "whole");
    CHECK(inspection["open"].is_null());
    CHECK(inspection["metadata"]["pid"] == 42);
}

TEST_CASE("a capture with a damaged middle is inspected and repaired around it, and its loss stays told") {
    CaptureBuilder builder;
    builder.allocate(0, 1, 0x1000);
    builder.new_block();
    const std::size_t damaged = builder.blocks_end();
    builder.allocate(0, 10, 0x2000);
    builder.new_block();
    const std::size_t end = builder.blocks_end();
    builder.allocate(0, 100, 0x3000);
    std::string bytes = builder.finished();
    bytes[damaged + 40] = static_cast<char>(bytes[damaged + 40] ^ 0x55);
    const TemporaryFile file(bytes), to;
    Session session(file.path());
    const Json inspection = ask(session, {{"query", "inspect"}});
    CHECK(inspection["health"] == "damaged");
    CHECK(inspection["missing_events"] == 1);
    REQUIRE(inspection["damage"].size() == 1);
    CHECK(inspection["damage"][0]["offset"] == damaged);
    CHECK(inspection["damage"][0]["end"] == end);
    ask(session, {{"query", "repair"}, {"to", to.path()}});
    Session repaired(to.path());
    const Json summary = ask(repaired, {{"query", "summary"}});
    CHECK(summary["peak_bytes"] == 101);
    CHECK(summary["damage"].is_null());
    CHECK(summary["complete"] == false);
    CHECK(summary["notes"][0] == "1 event is missing from the capture, so the figures are uncertain.");
}

TEST_CASE("a range is read with progress and can be cancelled, and asked for again") {
    CaptureBuilder builder;
    for (std::uint64_t i = 0; i < 2000; ++i) {
        builder.allocate(0, 10, 0x1000 + i * 16);
        builder.time(1000);
        builder.new_block();
    }
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    const std::string question = R"({"query":"summary","scope":{"from_s":0.5,"to_s":1.5}})";
    // The first report comes after 50 ms at the earliest, so a quick machine may be done before.
    try {
        session.query(question, [](std::uint64_t, std::uint64_t) { return false; });
    } catch (const Error& error) {
        CHECK(error.code() == "cancelled");
    }
    CHECK(Json::parse(session.query(question))["total_bytes"] == 10'000);
}

TEST_CASE("a mark in a growing capture shows what came since") {
    CaptureBuilder builder;
    builder.allocate(0, 1000, 0x1000);
    builder.time(1'000'000);
    const TemporaryFile file(builder.open());
    Session session(file.path());
    const Json since = {{"query", "summary"}, {"scope", {{"from_s", 1.5}}}};
    CHECK(ask(session, since)["peak_bytes"] == 1000);
    CHECK(ask(session, since)["unfreed_bytes"] == 0);
    for (std::uint64_t i = 1; i <= 5; ++i) {
        builder.time(1'000'000);
        builder.allocate(0, 10, 0x2000 + i * 64);
        if (i == 3) builder.new_block();
        file.write(builder.open());
        session.update();
        CHECK(ask(session, since)["unfreed_bytes"] == 10 * i);
        CHECK(ask(session, since)["peak_bytes"] == 1000 + 10 * i);
    }
}
