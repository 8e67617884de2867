#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "ask.hpp"
#include "core/queries/scope.hpp"
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
    figures.temporary = {row["temporary_bytes"], row["temporary_allocations"]};
    return figures;
}

Json scope_of(const Part& part) {
    Json scope = {{"from_s", static_cast<double>(part.from_us) / 1e6}, {"temporary_threshold", part.temporary_threshold}};
    if (part.to_us != Part::kNoEnd) scope["to_s"] = static_cast<double>(part.to_us) / 1e6;
    return scope;
}

std::string shown(const std::map<std::string, Figures>& rows) {
    std::string text;
    for (const auto& [name, figures] : rows) {
        text += name + ":";
        for (const Measure measure : {Measure::peak, Measure::unfreed, Measure::total, Measure::temporary}) {
            text += " " + std::to_string(figures.of(measure).bytes) + "/" + std::to_string(figures.of(measure).allocations);
        }
        text += "\n";
    }
    return text;
}

/// The rows of an answer, without empty ones.
template <class Name>
std::map<std::string, Figures> rows_of(const Json& rows, Name&& name) {
    std::map<std::string, Figures> result;
    for (const Json& row : rows) {
        if (const Figures figures = figures_in(row); !figures.empty()) result[name(row)] += figures;
    }
    return result;
}

/// What a model says, summed by a name; those without one are left out.
template <class Name>
std::map<std::string, Figures> sums(const Model& model, Name&& name) {
    std::map<std::string, Figures> result;
    for (const auto& [key, figures] : model.figures()) {
        if (const auto of = name(key)) result[*of] += figures;
    }
    return result;
}

using Name = std::optional<std::string>;
Name stack_name(const Model::Key& key) { return std::to_string(key.stack); }
std::string stack_of_row(const Json& row) { return row["line"].is_null() ? "0" : std::to_string(row["line"].get<int>() - 100); }

void compare(Session& session, const Model& model, const Json& scope) {
    const auto lines = [&](const Json& of) { return rows_of(ask(session, {{"query", "lines"}, {"scope", of}})["rows"], stack_of_row); };
    REQUIRE(shown(lines(scope)) == shown(sums(model, stack_name)));

    const Json threads = ask(session, {{"query", "threads"}, {"scope", scope}})["threads"];
    REQUIRE(shown(rows_of(threads, [](const Json& row) { return row["id"].dump(); })) ==
            shown(sums(model, [](const Model::Key& key) -> Name { return std::to_string(key.thread); })));
    const Json allocators = ask(session, {{"query", "allocators"}, {"scope", scope}})["allocators"];
    const auto name_of_allocator = [](const Model::Key& key) { return name_of(static_cast<alloclens::format::Allocator>(key.allocator)); };
    REQUIRE(shown(rows_of(allocators, [](const Json& row) { return row["allocator"].get<std::string>(); })) ==
            shown(sums(model, [&](const Model::Key& key) -> Name { return name_of_allocator(key); })));

    Json narrow = scope;
    narrow["threads"] = {0, 2};
    narrow["allocators"] = {"malloc", "mmap"};
    REQUIRE(shown(lines(narrow)) == shown(sums(model, [&](const Model::Key& key) {
                const std::string allocator = name_of_allocator(key);
                return (key.thread == 0 || key.thread == 2) && (allocator == "malloc" || allocator == "mmap") ? stack_name(key) : Name();
            })));

    Figures sum;
    for (const auto& [key, figures] : model.figures()) sum += figures;
    const Json summary = ask(session, {{"query", "summary"}, {"scope", scope}});
    REQUIRE(figures_in(summary) == sum);
    REQUIRE(summary["peak_bytes"] == model.peak());
}

void compare(Session& session, const RandomProgram& program) {
    for (const Model& model : program.models) {
        INFO("from ", model.part().from_us, " to ", model.part().to_us, ", temporary below ", model.part().temporary_threshold);
        compare(session, model, scope_of(model.part()));
    }
    REQUIRE(ask(session, {{"query", "summary"}})["events"] == program.builder.events());
}

std::vector<Part> random_parts(unsigned seed) {
    std::mt19937_64 random(seed);
    const auto some = [&random](std::uint64_t limit) { return random() % limit; };
    std::vector<Part> parts(1);
    for (int i = 0; i < 3; ++i) {
        Part part;
        part.from_us = some(4) ? some(60'000) : 0;
        if (some(3)) part.to_us = part.from_us + 1 + some(30'000);
        part.temporary_threshold = some(2) ? 1 : 1 + static_cast<std::uint32_t>(some(9));
        parts.push_back(part);
    }
    return parts;
}

}  // namespace

TEST_CASE("all measures are those of a simple model, for random programs and ranges") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        INFO("seed ", seed);
        RandomProgram program(seed, random_parts(seed));
        for (unsigned i = 0; i < 20 + seed * 3; ++i) program.step();
        const TemporaryFile file(program.builder.finished());
        Session session(file.path());
        compare(session, program);
    }
}

TEST_CASE("a growing capture has the model's figures after every update") {
    for (unsigned seed = 1000; seed < 1020; ++seed) {
        INFO("seed ", seed);
        RandomProgram program(seed, random_parts(seed));
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

TEST_CASE("a capture that is read for a question gives all answers that it gives otherwise") {
    const Json questions[] = {
        {{"query", "stats"}, {"measure", "peak"}, {"limit", 1000}},
        {{"query", "moments"}, {"max_nodes", 10'000}, {"max_parts", 64}},
        {{"query", "moments"}, {"max_nodes", 10'000}, {"max_parts", 3}},
        {{"query", "sizes"}},
        {{"query", "sizes"}, {"scope", {{"threads", {0, 2}}, {"exclude", {"main.py"}}}}},
        {{"query", "leaks"}, {"limit", 1000}},
        {{"query", "unfreed"}, {"limit", 1000}, {"parts", 5}},
        {{"query", "summary"}},
        {{"query", "timeline"}, {"points", 100}},
        {{"query", "records"}, {"measure", "total"}, {"offset", 0}, {"limit", 1000}},
        {{"query", "tree"}, {"measure", "peak"}, {"max_nodes", 1000}},
    };
    for (unsigned seed = 2000; seed < 2060; ++seed) {
        RandomProgram program(seed, {Part{}});
        for (unsigned i = 0; i < 20 + seed % 100 * 10; ++i) program.step();
        const TemporaryFile file(program.builder.finished());
        Session plain(file.path());
        for (std::size_t first = 0; first < 7; ++first) {
            INFO("seed ", seed, ", read for ", questions[first].dump());
            Session session(file.path(), {}, questions[first].dump());
            for (const Json& question : questions) REQUIRE(ask(session, question) == ask(plain, question));
            compare(session, program);
        }
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

TEST_CASE("thousands of threads that ran the same stacks have an account each, found in no more time than of a few") {
    constexpr std::uint64_t kThreads = 5000, kStacks = 40;
    CaptureBuilder builder;
    const auto code = builder.stepping_code("main.py", "f", 1, kStacks);
    std::vector<std::uint32_t> stacks;
    for (std::uint32_t i = 1; i <= kStacks; ++i) stacks.push_back(builder.stack(0, code, i));
    const auto address = [](std::uint64_t round, std::uint64_t thread) { return (round * kThreads + thread + 1) * 0x10000; };
    std::vector<std::uint32_t> threads;
    for (std::uint64_t i = 0; i < kThreads; ++i) threads.push_back(builder.thread(1000 + i, "worker"));
    for (std::uint64_t round = 0; round < 2 * kStacks; ++round) {
        builder.time((round + 1) * 1000);
        for (std::uint64_t i = 0; i < kThreads; ++i) {
            builder.switch_to(threads[i]);
            builder.allocate(stacks[round % kStacks], i + 1, address(round, i));
            if (round >= kStacks && i % 2) builder.free(address(round - kStacks, i));
        }
    }
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    std::uint64_t seen = 0, all = 0;
    const Json rows = ask(session, {{"query", "threads"}})["threads"];
    for (const Json& row : rows) {
        const std::uint64_t kernel_id = row["kernel_id"];
        if (kernel_id < 1000) continue;
        const std::uint64_t i = kernel_id - 1000;
        REQUIRE(row["total_bytes"] == 2 * kStacks * (i + 1));
        REQUIRE(row["unfreed_bytes"] == (i % 2 ? kStacks : 2 * kStacks) * (i + 1));
        ++seen;
        all += 2 * kStacks * (i + 1);
    }
    CHECK(seen == kThreads);
    CHECK(ask(session, {{"query", "stats"}, {"measure", "total"}, {"limit", 1}})["total_bytes"] == all);
    std::uint64_t over_time = 0;
    const Json moments = ask(session, {{"query", "moments"}, {"max_nodes", 100}, {"max_parts", 4}});
    for (const Json& bytes : moments["total"]["bytes"]) over_time += bytes.get<std::uint64_t>();
    CHECK(over_time == all);
}
