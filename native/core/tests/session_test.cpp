#include <doctest/doctest.h>

#include <fcntl.h>

#include "ask.hpp"

#include "core/testing/capture_builder.hpp"
#include "temporary_file.hpp"

using namespace alloclens::core;
using namespace alloclens::core::testing;
using Json = nlohmann::json;

namespace {


/// main:1 calls load:12, which asks for 100 bytes itself and 50 through the library json:30.
CaptureBuilder small_capture() {
    CaptureBuilder builder;
    const auto main = builder.stepping_code("main.py", "<module>", 1, 3);
    const auto load = builder.stepping_code("/w/./x/../main.py", "load", 10, 5);
    const auto json = builder.stepping_code("/usr/lib/python3.12/json.py", "parse", 30, 2);
    const auto at_main = builder.stack(0, main, 1);
    const auto at_load = builder.stack(at_main, load, 3);
    const auto at_json = builder.stack(at_load, json, 1);
    builder.allocate(at_load, 100, 0x7f0000001000);
    builder.allocate(at_json, 50, 0x7f0000001100);
    builder.allocate(0, 7, 0x7f0000002000, alloclens::format::Allocator::malloc);
    builder.free(0x7f0000001100);
    builder.source("main.py", "import json\n");
    return builder;
}

}  // namespace

TEST_CASE("a summary tells peak, unfreed and total") {
    const TemporaryFile file(small_capture().finished());
    Session session(file.path());
    const Json summary = ask(session, {{"query", "summary"}});
    CHECK(summary["peak_bytes"] == 157);
    CHECK(summary["peak_allocations"] == 3);
    CHECK(summary["unfreed_bytes"] == 107);
    CHECK(summary["total_bytes"] == 157);
    CHECK(summary["total_allocations"] == 3);
    CHECK(summary["events"] == 4);
    CHECK(summary["complete"] == true);
    CHECK(summary["exit_status"] == 0);
    CHECK(summary["notes"].empty());
    CHECK(summary["damage"].is_null());
    CHECK(summary["command"] == Json({"python", "/w/main.py"}));
}

TEST_CASE("a capture without an end says why") {
    const auto told = [](const TemporaryFile& file) {
        Session session(file.path());
        const Json summary = ask(session, {{"query", "summary"}});
        CHECK(summary["complete"] == false);
        return summary["ending"].get<std::string>() + ": " + summary["notes"][0].get<std::string>();
    };
    const std::string rest = ". Everything up to the last whole event is shown.";
    CaptureBuilder builder = small_capture();
    const TemporaryFile file(builder.open());
    CHECK(told(file) == "killed: The capture is cut short: its program was killed or crashed" + rest);
    builder.abort();
    file.write(builder.open());
    CHECK(told(file).starts_with("aborted: "));
    builder.allocate(0, 1, 0x7f0000009000);  // a handler has caught it
    file.write(builder.open());
    CHECK(told(file).starts_with("killed: "));
    builder.fail(28);
    file.write(builder.open());
    CHECK(told(file) == "write_failed: The capture is cut short: it could not be written any further (No space left on device)" + rest);

    const int writer = ::open(file.path().c_str(), O_RDWR | O_CLOEXEC);
    struct flock whole {};
    whole.l_type = F_WRLCK;
    REQUIRE(::fcntl(writer, F_OFD_SETLK, &whole) == 0);
    CHECK(told(file).starts_with("running: "));
    ::close(writer);
    CHECK(told(file).starts_with("write_failed: "));
    file.write(builder.finished());
    Session session(file.path());
    CHECK(ask(session, {{"query", "summary"}})["ending"] == "finished");
}

TEST_CASE("lines carry own, yours and with callees") {
    const TemporaryFile file(small_capture().finished());
    Session session(file.path());
    const Json rows = ask(session, {{"query", "lines"}})["rows"];
    REQUIRE(rows.size() == 4);
    CHECK(rows[0]["file"] == "/w/main.py");
    CHECK(rows[0]["line"] == 12);
    CHECK(rows[0]["function"] == "load");
    CHECK(rows[0]["peak_bytes"] == 100);
    CHECK(rows[0]["yours"]["peak_bytes"] == 150);
    CHECK(rows[0]["with_callees"]["peak_bytes"] == 150);
    CHECK(rows[1]["origin"] == "standard_library");
    CHECK(rows[1]["yours"]["peak_bytes"] == 0);
    CHECK(rows[2]["file"].is_null());
    CHECK(rows[2]["peak_bytes"] == 7);
    CHECK(rows[3]["line"] == 1);
    CHECK(rows[3]["peak_bytes"] == 0);
    CHECK(rows[3]["with_callees"]["peak_bytes"] == 150);
}

TEST_CASE("the tree has the frames with their lines") {
    const TemporaryFile file(small_capture().finished());
    Session session(file.path());
    const Json root = ask(session, {{"query", "tree"}, {"measure", "peak"}, {"max_nodes", 100}})["root"];
    CHECK(root["name"] == "All memory");
    CHECK(root["bytes"] == 157);
    CHECK(root["own_bytes"] == 7);
    const Json load = root["children"][0]["children"][0];
    CHECK(load["name"] == "load");
    CHECK(load["line"] == 12);
    CHECK(load["first_line"] == 10);
    CHECK(load["own_bytes"] == 100);
    CHECK(load["children"][0]["name"] == "parse");
}
