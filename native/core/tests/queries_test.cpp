#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "ask.hpp"
#include "core/profile/figures.hpp"
#include "core/testing/capture_builder.hpp"
#include "temporary_file.hpp"

using namespace alloclens::core;
using namespace alloclens::core::testing;
using Json = nlohmann::json;

namespace {

struct Frame {
    std::string file, function;
    unsigned line, first_line;
    bool yours;
    auto operator<=>(const Frame&) const = default;
};

/// A program of a few functions that call each other and themselves at random, and what its stacks allocated.
struct RandomCalls {
    explicit RandomCalls(unsigned seed) : random(seed) {
        const char* const files[] = {"/w/a.py", "/w/b.py", "/usr/lib/python3.12/json.py", "/usr/lib/python3.12/site-packages/n.py",
                                     "<frozen importlib._bootstrap>"};
        struct Function {
            std::string file, name;
            unsigned first_line, code;
        };
        std::vector<Function> functions;
        for (unsigned i = 0; i < 6; ++i) {
            functions.push_back({files[i % 5], std::string("f").append(std::to_string(i)), 10 * i + 1, 0});
            functions.back().code = builder.stepping_code(files[i % 5], functions.back().name, 10 * i + 1, 3);
        }
        std::uint64_t address = 0x7f0000000000;
        for (unsigned id = 1; id <= 60; ++id) {
            const auto parent = static_cast<std::uint32_t>(random() % 3 ? random() % id : id - 1);
            const Function& function = functions[random() % functions.size()];
            const auto step = static_cast<unsigned>(random() % 3);
            builder.stack(parent, function.code, step + 1);
            std::vector<Frame> path = parent ? stacks[parent] : std::vector<Frame>();
            path.push_back({function.file, function.name, function.first_line + step, function.first_line, function.file.starts_with("/w/")});
            stacks.resize(id + 1);
            stacks[id] = path;
        }
        bytes.resize(stacks.size());
        for (int i = 0; i < 200; ++i) {
            const std::size_t stack = random() % stacks.size();
            const std::uint64_t size = random() % 5 ? random() % 1000 : 0;
            builder.allocate(static_cast<std::uint32_t>(stack), size, address += 1024);
            bytes[stack].bytes += size;
            ++bytes[stack].allocations;
        }
    }
    std::mt19937_64 random;
    CaptureBuilder builder;
    std::vector<std::vector<Frame>> stacks = {{}};  ///< outermost first
    std::vector<Amount> bytes;                      ///< nothing is freed, so all measures agree
};

using Amounts = std::pair<std::uint64_t, std::uint64_t>;
void add(Amounts& sum, const Amount& amount) {
    sum.first += amount.bytes;
    sum.second += amount.allocations;
}

/// Checks a node's sums and the order of its children; returns how many nodes there are.
std::size_t check_sums(const Json& node) {
    std::uint64_t sum = node["own_bytes"];
    std::size_t nodes = 1;
    std::uint64_t last = UINT64_MAX;
    for (const Json& child : node["children"]) {
        sum += child["bytes"].get<std::uint64_t>();
        if (child["name"] != "other") {
            REQUIRE(child["bytes"].get<std::uint64_t>() <= last);
            last = child["bytes"];
        } else {
            REQUIRE(child["folded"].get<int>() > 0);
        }
        nodes += check_sums(child);
    }
    REQUIRE(sum == node["bytes"].get<std::uint64_t>());
    return nodes;
}

Json tree(Session& session, unsigned max_nodes, bool inverted = false, const Json& root = nullptr) {
    return ask(session, {{"query", "tree"}, {"measure", "total"}, {"max_nodes", max_nodes}, {"inverted", inverted}, {"root", root}});
}

/// Adds each path of the tree that ends somewhere, as a model writes it.
void collect(const Json& node, std::string path, std::map<std::string, std::uint64_t>& ends) {
    for (const Json& child : node["children"]) {
        const std::string here = path + "/" + child["name"].get<std::string>() + ":" + std::to_string(child["line"].get<int>());
        ends[here] += child["own_bytes"].get<std::uint64_t>();
        collect(child, here, ends);
    }
}

std::map<std::string, std::uint64_t> without_zeros(std::map<std::string, std::uint64_t> ends) {
    std::erase_if(ends, [](const auto& end) { return end.second == 0; });
    return ends;
}

}  // namespace

TEST_CASE("own, yours and with callees of every line are those of a naive count") {
    for (unsigned seed = 0; seed < 40; ++seed) {
        INFO("seed ", seed);
        RandomCalls calls(seed);
        std::map<std::tuple<std::string, unsigned, std::string>, std::array<Amounts, 3>> expected;
        std::map<std::string, std::array<Amounts, 2>> functions;
        std::array<Amounts, 3> nobody{};
        for (std::size_t i = 0; i < calls.stacks.size(); ++i) {
            const auto& stack = calls.stacks[i];
            const auto row = [&](const Frame& f) -> auto& { return expected[{f.file, f.line, f.function}]; };
            add(stack.empty() ? nobody[0] : row(stack.back())[0], calls.bytes[i]);
            const auto yours = std::find_if(stack.rbegin(), stack.rend(), [](const Frame& f) { return f.yours; });
            add(yours == stack.rend() ? nobody[1] : row(*yours)[1], calls.bytes[i]);
            std::set<Frame> once(stack.begin(), stack.end());
            for (const Frame& frame : once) add(row(frame)[2], calls.bytes[i]);
            std::set<std::string> functions_once;
            for (const Frame& frame : stack) functions_once.insert(frame.function);
            for (const std::string& function : functions_once) add(functions[function][1], calls.bytes[i]);
            if (!stack.empty()) add(functions[stack.back().function][0], calls.bytes[i]);
        }
        const TemporaryFile file(calls.builder.finished());
        Session session(file.path());
        const auto amounts = [](const Json& figures) { return Amounts{figures["total_bytes"], figures["total_allocations"]}; };
        std::size_t seen = 0;
        const Json rows = ask(session, {{"query", "lines"}})["rows"];
        for (const Json& row : rows) {
            if (row["file"].is_null()) {
                REQUIRE(amounts(row) == nobody[0]);
                REQUIRE(amounts(row["yours"]) == nobody[1]);
                continue;
            }
            const auto& own = expected.at({row["file"], row["line"], row["function"]});
            REQUIRE(amounts(row) == own[0]);
            REQUIRE(amounts(row["yours"]) == own[1]);
            REQUIRE(amounts(row["with_callees"]) == own[2]);
            ++seen;
        }
        REQUIRE(seen == static_cast<std::size_t>(std::count_if(expected.begin(), expected.end(), [](const auto& e) { return e.second[2] != Amounts{}; })));
        const Json function_rows = ask(session, {{"query", "functions"}})["functions"];
        REQUIRE_FALSE(function_rows.empty());
        for (const Json& row : function_rows) {
            REQUIRE(amounts(row["own"]) == functions[row["function"]][0]);
            REQUIRE(amounts(row["with_callees"]) == functions[row["function"]][1]);
        }
    }
}

TEST_CASE("an unpruned tree has the stacks that allocated, from either end") {
    for (unsigned seed = 0; seed < 20; ++seed) {
        RandomCalls calls(seed);
        const TemporaryFile file(calls.builder.finished());
        Session session(file.path());
        std::map<std::string, std::uint64_t> callees, callers;
        for (std::size_t i = 1; i < calls.stacks.size(); ++i) {
            std::string down, up;
            for (const Frame& f : calls.stacks[i]) down += "/" + f.function + ":" + std::to_string(f.line);
            for (auto f = calls.stacks[i].rbegin(); f != calls.stacks[i].rend(); ++f) up += "/" + f->function + ":" + std::to_string(f->line);
            callees[down] += calls.bytes[i].bytes;
            callers[up] += calls.bytes[i].bytes;
        }
        std::map<std::string, std::uint64_t> read_callees, read_callers;
        collect(tree(session, 100000)["root"], "", read_callees);
        collect(tree(session, 100000, true)["root"], "", read_callers);
        REQUIRE(without_zeros(read_callees) == without_zeros(callees));
        REQUIRE(without_zeros(read_callers) == without_zeros(callers));
    }
}

TEST_CASE("hidden frames hand their bytes to who called them, hidden imports take theirs along") {
    const std::vector<std::string> choices[] = {{"standard_library"}, {"package", "native"}, {"pass_through"}, {"imports"}, {"imports", "standard_library", "pass_through"}};
    for (unsigned seed = 0; seed < 20; ++seed) {
        INFO("seed ", seed);
        RandomCalls calls(seed);
        const TemporaryFile file(calls.builder.finished());
        Session session(file.path());
        for (const auto& hide : choices) {
            const auto hides = [&hide](const char* what) { return std::find(hide.begin(), hide.end(), what) != hide.end(); };
            std::set<Frame> allocating;
            for (std::size_t i = 1; i < calls.stacks.size(); ++i) {
                if (!calls.bytes[i].empty()) allocating.insert(calls.stacks[i].back());
            }
            const auto is_import = [](const Frame& f) { return f.file.starts_with("<frozen"); };
            const auto hidden = [&](const Frame& f) {
                const bool library = is_import(f) || f.file == "/usr/lib/python3.12/json.py";
                return (hides("standard_library") && library) || (hides("package") && f.file.ends_with("n.py") && !library) ||
                       (hides("pass_through") && !allocating.contains(f));
            };
            std::map<std::string, std::uint64_t> callees, callers;
            std::uint64_t left_out = 0;
            for (std::size_t i = 0; i < calls.stacks.size(); ++i) {
                const auto& stack = calls.stacks[i];
                if (hides("imports") && std::any_of(stack.begin(), stack.end(), is_import)) {
                    left_out += calls.bytes[i].bytes;
                    continue;
                }
                std::string down, up;
                for (const Frame& f : stack) {
                    if (hidden(f)) continue;
                    const std::string name = "/" + f.function + ":" + std::to_string(f.line);
                    down += name;
                    up = name + up;
                }
                if (down.empty()) continue;
                callees[down] += calls.bytes[i].bytes;
                callers[up] += calls.bytes[i].bytes;
            }
            for (const bool inverted : {false, true}) {
                const Json answer = ask(session, {{"query", "tree"}, {"measure", "total"}, {"max_nodes", 100000}, {"inverted", inverted}, {"hide", hide}});
                std::map<std::string, std::uint64_t> read;
                collect(answer["root"], "", read);
                REQUIRE(without_zeros(read) == without_zeros(inverted ? callers : callees));
                REQUIRE(answer["root"]["bytes"].get<std::uint64_t>() + left_out == answer["total_bytes"]);
                if (hides("imports")) REQUIRE(answer["hidden_bytes"] == left_out);
                check_sums(answer["root"]);
            }
        }
    }
}

TEST_CASE("a pruned tree keeps to its nodes and its sums stay exact") {
    for (unsigned seed = 0; seed < 20; ++seed) {
        RandomCalls calls(seed);
        const TemporaryFile file(calls.builder.finished());
        Session session(file.path());
        for (const unsigned max_nodes : {0u, 1u, 2u, 3u, 5u, 10u, 30u, 100u}) {
            for (const bool inverted : {false, true}) {
                const Json answer = tree(session, max_nodes, inverted);
                REQUIRE(check_sums(answer["root"]) <= std::max(max_nodes, 2u));
                REQUIRE(answer["root"]["bytes"] == answer["total_bytes"]);
                REQUIRE(answer == tree(session, max_nodes, inverted));
            }
        }
    }
}

namespace {

/// What a person would find in a tree, frame by frame.
void count(const Json& node, bool below, const std::set<std::string>& names, std::uint64_t least_own, std::uint64_t& frames, std::uint64_t& bytes) {
    for (const Json& child : node["children"]) {
        const bool hit = names.contains(child["name"]) && !(child["own_bytes"] > least_own);
        frames += hit;
        if (hit && !below) bytes += child["bytes"].get<std::uint64_t>();
        count(child, below || hit, names, least_own, frames, bytes);
    }
}

}  // namespace

TEST_CASE("frames are counted in the whole tree, and their bytes once") {
    for (unsigned seed = 0; seed < 20; ++seed) {
        RandomCalls calls(seed);
        const TemporaryFile file(calls.builder.finished());
        Session session(file.path());
        const Json all = ask(session, {{"query", "frames"}, {"offset", 0}, {"limit", 1000}});
        const std::set<std::string> names{"f1", "f3"};
        Json places = Json::array();
        for (std::size_t i = 0; i < all["function"].size(); ++i) {
            if (all["function"][i].is_string() && names.contains(all["function"][i])) places.push_back(i);
        }
        for (const bool inverted : {false, true}) {
            std::uint64_t frames = 0, bytes = 0;
            count(tree(session, 100000, inverted)["root"], false, names, 700, frames, bytes);
            const Json term = {{"field", "own"}, {"comparison", ">"}, {"value", 700}, {"negated", true}};
            const Json found = ask(session, {{"query", "count_frames"}, {"measure", "total"}, {"max_nodes", 0}, {"inverted", inverted},
                                             {"places", places}, {"amounts", {term}}});
            REQUIRE(found == Json{{"frames", frames}, {"bytes", bytes}});
        }
    }
}

TEST_CASE("a function's tree counts each stack once, however deep it recurs") {
    for (unsigned seed = 0; seed < 20; ++seed) {
        RandomCalls calls(seed);
        const TemporaryFile file(calls.builder.finished());
        Session session(file.path());
        const Json functions = ask(session, {{"query", "functions"}})["functions"];
        REQUIRE_FALSE(functions.empty());
        for (const Json& row : functions) {
            const Json root = {{"file", row["file"]}, {"function", row["function"]}, {"first_line", row["first_line"]}};
            for (const bool inverted : {false, true}) {
                const Json answer = tree(session, 1000, inverted, root)["root"];
                REQUIRE(answer["name"] == row["function"]);
                REQUIRE(answer["bytes"] == row["with_callees"]["total_bytes"]);
                REQUIRE(answer["allocations"] == row["with_callees"]["total_allocations"]);
                check_sums(answer);
            }
        }
    }
}

TEST_CASE("a line tells where below it the bytes were asked for and which calls lead to it") {
    CaptureBuilder builder;
    const auto main = builder.stepping_code("main.py", "main", 1, 5);
    const auto load = builder.stepping_code("main.py", "load", 10, 5);
    const auto json = builder.stepping_code("/usr/lib/python3.12/json.py", "parse", 30, 2);
    const auto first = builder.stack(0, main, 1), second = builder.stack(0, main, 2);
    const auto load_first = builder.stack(first, load, 1), load_second = builder.stack(second, load, 1);
    const auto parse = builder.stack(load_second, json, 1);
    builder.allocate(load_first, 10, 0x1000);
    builder.allocate(load_second, 20, 0x2000);
    builder.allocate(parse, 100, 0x3000);
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    const Json detail = ask(session, {{"query", "line_detail"}, {"file", "/w/main.py"}, {"line", 10}, {"measure", "peak"}, {"limit", 5}});
    CHECK(detail["figures"]["own"]["peak_bytes"] == 30);
    CHECK(detail["figures"]["yours"]["peak_bytes"] == 130);
    REQUIRE(detail["allocated_in"].size() == 2);
    CHECK(detail["allocated_in"][0]["function"] == "parse");
    CHECK(detail["allocated_in"][0]["bytes"] == 100);
    REQUIRE(detail["called_from"].size() == 2);
    CHECK(detail["called_from"][0]["bytes"] == 120);
    CHECK(detail["called_from"][0]["path"][0]["line"] == 2);
    CHECK(detail["called_from"][1]["path"][0]["line"] == 1);
}

TEST_CASE("a recursion of five thousand calls has a tree of as many frames") {
    CaptureBuilder builder;
    const auto code = builder.stepping_code("main.py", "f", 1, 1);
    std::uint32_t stack = 0;
    for (int i = 0; i < 5000; ++i) stack = builder.stack(stack, code, 1);
    builder.allocate(stack, 7, 0x1000);
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    const std::string answer = session.query(R"({"query":"tree","measure":"peak","max_nodes":20000})");
    CHECK(std::count(answer.begin(), answer.end(), 'f') >= 5000);
    CHECK(ask(session, {{"query", "file_lines"}, {"file", "/w/main.py"}})["lines"][0]["with_callees"]["peak_bytes"] == 7);
}

TEST_CASE("the timeline has at most as many points as asked for, and the heap's peak") {
    CaptureBuilder builder;
    for (std::uint64_t i = 1; i <= 100; ++i) {
        builder.allocate(0, 1000, i << 12);
        if (i == 60) builder.allocate(0, 500000, 8), builder.free(8);
        builder.time(500'000);
        builder.rss(i);
    }
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    const Json timeline = ask(session, {{"query", "timeline"}, {"points", 30}});
    CHECK(timeline["times"].size() <= 30);
    CHECK(timeline["heap"].size() == timeline["times"].size());
    CHECK(timeline["rss"].size() == timeline["times"].size());
    const auto heap = timeline["heap"].get<std::vector<std::uint64_t>>();
    const auto highest = std::max_element(heap.begin(), heap.end());
    CHECK(*highest == 560000);
    CHECK(timeline["peak"] == Json{{"time_s", 29.5}, {"bytes", 560000}});
    const double at = timeline["times"][static_cast<std::size_t>(highest - heap.begin())];
    CHECK(at <= 29.5);
    CHECK(at > 25);
    CHECK(timeline["rss"].back() == 100 * 4096);
}

TEST_CASE("what pymalloc maps is told beside the heap, in the whole run and in a part of it") {
    constexpr std::uint8_t kArena = alloclens::format::kMappingAnonymous | alloclens::format::kMappingWritable | alloclens::format::kMappingPythonArena;
    constexpr std::uint64_t kSize = 256 * 1024;
    CaptureBuilder builder;
    for (std::uint64_t i = 1; i <= 4; ++i) builder.map(0, kArena, i * kSize, kSize), builder.time(1'000'000);
    builder.unmap(2 * kSize, 2 * kSize);  // two at once
    builder.allocate(0, 10, 8);
    builder.time(1'000'000);
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    CHECK(ask(session, {{"query", "summary"}})["peak_bytes"] == 10);
    CHECK(ask(session, {{"query", "summary"}})["arenas"] == Json{{"peak_bytes", 4 * kSize}, {"end_bytes", 2 * kSize}});
    const Json part{{"from_s", 0.5}, {"to_s", 2.5}};
    CHECK(ask(session, {{"query", "summary"}, {"scope", part}})["arenas"] == Json{{"peak_bytes", 3 * kSize}, {"end_bytes", 3 * kSize}});
    const Json arenas = ask(session, {{"query", "timeline"}, {"points", 5}})["arenas"];
    CHECK(arenas[0] == 2 * kSize);  // the next one came when the first second was over
    CHECK(arenas[3] == 4 * kSize);
    CHECK(arenas.back() == 2 * kSize);
}

TEST_CASE("a question that makes no sense is refused") {
    const TemporaryFile file(CaptureBuilder().finished());
    Session session(file.path());
    for (const char* question : {"", "[]", "{}", R"({"query":"all"})", R"({"query":"tree","measure":"most","max_nodes":3})",
                                 R"({"query":"timeline"})", R"({"query":"file_lines","file":3})", R"({"query":"source"})"}) {
        INFO(std::string(question));
        try {
            session.query(question);
            FAIL("it was answered");
        } catch (const Error& error) {
            CHECK(error.code() == "bad_query");
        }
    }
}

TEST_CASE("the source of a file is given as it was when the program ran") {
    CaptureBuilder builder;
    builder.source("main.py", "print('new')\n", 1);
    builder.source("big.py", "", 2);
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    CHECK(ask(session, {{"query", "source"}, {"file", "/w/main.py"}}) == Json{{"text", "print('new')\n"}, {"uncertain", true}});
    CHECK(ask(session, {{"query", "source"}, {"file", "/w/big.py"}})["text"].is_null());
    CHECK(ask(session, {{"query", "source"}, {"file", "/w/none.py"}})["text"].is_null());
}

TEST_CASE("a range that ends before a stack was first met has the lines up to there") {
    CaptureBuilder builder;
    const auto code = builder.stepping_code("main.py", "f", 1, 5);
    builder.allocate(builder.stack(0, code, 1), 10, 0x1000);
    builder.time(2'000'000);
    for (std::uint32_t i = 2; i <= 5; ++i) {
        std::uint32_t stack = 0;
        for (int depth = 0; depth < 200; ++depth) stack = builder.stack(stack, code, i);
        builder.allocate(stack, 100, 0x1000 * i);
    }
    const TemporaryFile file(builder.finished());
    Session session(file.path());
    const Json scope = {{"to_s", 1.0}};
    const Json lines = ask(session, {{"query", "file_lines"}, {"file", "/w/main.py"}, {"scope", scope}})["lines"];
    REQUIRE(lines.size() == 1);
    CHECK(lines[0]["own"]["total_bytes"] == 10);
    CHECK(lines[0]["with_callees"]["total_bytes"] == 10);
    CHECK(ask(session, {{"query", "functions"}, {"scope", scope}})["functions"][0]["with_callees"]["total_bytes"] == 10);
    CHECK(ask(session, {{"query", "expressions"}, {"file", "/w/main.py"}, {"scope", scope}})["expressions"].empty());
    std::uint64_t bytes = 0;
    const Json rows = ask(session, {{"query", "lines"}, {"scope", scope}})["rows"];
    for (const Json& row : rows) bytes += row["total_bytes"].get<std::uint64_t>();
    CHECK(bytes == 10);
}
