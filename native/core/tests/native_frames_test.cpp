// Native frames between Python frames: what trees show of them, and what all other questions make of them.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "ask.hpp"
#include "core/testing/capture_builder.hpp"
#include "temporary_file.hpp"

using namespace alloclens::core;
using namespace alloclens::core::testing;
using Json = nlohmann::json;

namespace {

constexpr const char* kExtension = "/nowhere/extension.so";

/// main.py:1 calls an extension, that calls main.py:12, that calls the extension again, through the interpreter each time.
std::string capture() {
    CaptureBuilder builder;
    builder.module(1, kExtension);
    builder.module(2, "/nowhere/libpython.so", alloclens::format::kModuleInterpreter);
    builder.module(3, "/lib/libc.so.6");
    const auto main = builder.stepping_code("/w/main.py", "main", 1, 3);
    const auto callback = builder.stepping_code("/w/main.py", "callback", 11, 3);
    const auto start = builder.native_stack(0, 3, 0x30);
    const auto outer = builder.stack(start, main, 1);
    const auto call = builder.native_stack(outer, 2, 0x20);
    const auto extension = builder.native_stack(call, 1, 0x10);
    const auto back = builder.native_stack(extension, 2, 0x24);
    const auto inner = builder.stack(back, callback, 2);
    const auto again = builder.native_stack(inner, 1, 0x18);
    const auto nowhere = builder.native_stack(again, 0, 0x7f00);
    builder.allocate(extension, 1000, 0x7f0000001000);
    builder.allocate(call, 100, 0x7f0000002000);
    builder.allocate(again, 10, 0x7f0000003000);
    builder.allocate(nowhere, 1, 0x7f0000004000);
    return builder.finished();
}

Json tree(Session& session, const Json& more = Json::object()) {
    Json question = {{"query", "tree"}, {"measure", "total"}, {"max_nodes", 1000}};
    question.update(more);
    return ask(session, question)["root"];
}

/// The only path down, with what each frame asked for itself.
std::vector<std::string> only_path(const Json& root) {
    std::vector<std::string> path;
    for (const Json* node = &root; !(*node)["children"].empty();) {
        CHECK((*node)["children"].size() == 1);
        node = &(*node)["children"][0];
        path.push_back((*node)["name"].get<std::string>() + " " + std::to_string((*node)["own_bytes"].get<int>()));
    }
    return path;
}

using Path = std::vector<std::string>;

}  // namespace

TEST_CASE("a tree has the frames of extensions between Python's, and on demand those of the interpreter") {
    const TemporaryFile file(capture());
    Session session(file.path());
    CHECK(only_path(tree(session)) == Path{"main 100", "0x10 1000", "callback 0", "0x18 10", "0x7f00 1"});
    CHECK(only_path(tree(session, {{"interpreter", true}})) ==
          Path{"0x30 0", "main 0", "0x20 100", "0x10 1000", "0x24 0", "callback 0", "0x18 10", "0x7f00 1"});
    CHECK(only_path(tree(session, {{"hide", {"native"}}})) == Path{"main 1100", "callback 11"});
    const Json extension = tree(session)["children"][0]["children"][0];
    CHECK(extension["file"] == kExtension);
    CHECK(extension["line"] == nullptr);
    CHECK(extension["origin"] == "native");
}

TEST_CASE("what has no names is told once somebody asked for them") {
    const TemporaryFile file(capture());
    Session session(file.path());
    CHECK(ask(session, {{"query", "summary"}})["notes"].empty());
    tree(session);
    const std::string notes = ask(session, {{"query", "summary"}})["notes"].dump();
    CHECK(notes.find(kExtension) != std::string::npos);
}

TEST_CASE("bytes that native code asks for count on the Python line that called it") {
    const TemporaryFile file(capture());
    Session session(file.path());
    const Json rows = ask(session, {{"query", "lines"}})["rows"];
    std::vector<std::string> found;
    for (const Json& row : rows) {
        if (row["file"].is_null()) continue;
        found.push_back(row["function"].get<std::string>() + " " + std::to_string(row["total_bytes"].get<int>()) + " " +
                        std::to_string(row["with_callees"]["total_bytes"].get<int>()));
    }
    CHECK(found == std::vector<std::string>{"main 1100 1111", "callback 11 11"});
    // Asked for, native functions have rows of their own, but for those of the interpreter and where threads begin.
    std::vector<std::string> with_native;
    const Json all_rows = ask(session, {{"query", "lines"}, {"native", true}})["rows"];
    for (const Json& row : all_rows) {
        if (row["function"].is_null()) continue;
        with_native.push_back(row["function"].get<std::string>() + " " + std::to_string(row["total_bytes"].get<int>()) + " " +
                              std::to_string(row["yours"]["total_bytes"].get<int>()) + " " +
                              std::to_string(row["with_callees"]["total_bytes"].get<int>()));
    }
    CHECK(with_native == std::vector<std::string>{"0x10 1000 0 1011", "main 100 1100 1111", "0x18 10 0 11", "0x7f00 1 0 1", "callback 0 11 11"});
    const Json stats = ask(session, {{"query", "stats"}, {"measure", "total"}, {"limit", 2}, {"native", true}});
    CHECK(stats["top_by_size"][0]["function"] == "0x10");
    CHECK(stats["top_by_size"][0]["origin"] == "native");
    CHECK(stats["top_by_size"][0]["line"] == nullptr);
    const Json detail = ask(session, {{"query", "line_detail"}, {"file", "/w/main.py"}, {"line", 12}, {"measure", "total"}, {"limit", 10}});
    REQUIRE(detail["called_from"].size() == 1);
    CHECK(detail["called_from"][0]["path"].size() == 1);
    CHECK(detail["called_from"][0]["bytes"] == 11);
}
