#include <doctest/doctest.h>

#include <string>

#include "ask.hpp"
#include "core/testing/capture_builder.hpp"
#include "random_program.hpp"
#include "temporary_file.hpp"

using namespace alloclens::core;
using namespace alloclens::core::testing;
using Json = nlohmann::json;

namespace {

/// Three blocks of events, a source, all kinds of events.
RandomProgram small_program() {
    RandomProgram program(7);
    for (int block = 0; block < 3; ++block) {
        for (int i = 0; i < 25; ++i) program.step();
        program.builder.new_block();
    }
    program.builder.source("main.py", "print(1)\n");
    for (int i = 0; i < 15; ++i) program.step();
    return program;
}

const char* const kQuestions[] = {
    R"({"query":"summary"})",
    R"({"query":"lines"})",
    R"({"query":"file_lines","file":"/w/main.py"})",
    R"({"query":"functions"})",
    R"({"query":"line_detail","file":"/w/main.py","line":103,"measure":"peak","limit":3})",
    R"({"query":"tree","measure":"total","max_nodes":50})",
    R"({"query":"tree","measure":"unfreed","max_nodes":50,"inverted":true})",
    R"({"query":"timeline","points":20})",
    R"({"query":"files"})",
    R"({"query":"lines","scope":{"from_s":0.005,"to_s":0.02,"threads":[1],"temporary_threshold":3}})",
    R"({"query":"inspect"})",
    R"({"query":"source","file":"/w/main.py"})",
};

std::uint64_t own_sum(const Json& rows, const char* field) {
    std::uint64_t sum = 0;
    for (const Json& row : rows) sum += row[field].get<std::uint64_t>();
    return sum;
}

/// Opens it and asks everything: the answer is a whole one or an error with a sentence. Returns the number of events read.
std::uint64_t read_anyhow(const std::string& path) {
    try {
        Session session(path);
        for (const char* question : kQuestions) {
            const std::string answer = session.query(question);
            REQUIRE(answer.starts_with('{'));
            REQUIRE(Json::accept(answer));
        }
        const Json summary = ask(session, {{"query", "summary"}});
        const Json rows = ask(session, {{"query", "lines"}})["rows"];
        for (const char* field : {"peak_bytes", "unfreed_bytes", "total_bytes", "total_allocations"}) {
            REQUIRE(own_sum(rows, field) == summary[field].get<std::uint64_t>());
        }
        if (summary["complete"] == false) REQUIRE_FALSE(summary["notes"].empty());
        return summary["events"];
    } catch (const Error& error) {
        REQUIRE(std::string(error.what()).ends_with("."));
        REQUIRE(error.code() != "bad_query");
        return 0;
    }
}

std::string with_byte(std::string bytes, std::size_t at, std::uint8_t value) {
    bytes[at] = static_cast<char>(value);
    return bytes;
}

void break_every_byte(const std::string& bytes, std::size_t end, std::uint64_t events) {
    const TemporaryFile file;
    for (std::size_t i = 0; i < end; ++i) {
        const auto old = static_cast<std::uint8_t>(bytes[i]);
        for (const std::uint8_t value : {std::uint8_t(~old), std::uint8_t(0), std::uint8_t(0xFF), std::uint8_t(old ^ 1)}) {
            if (value == old) continue;
            INFO("byte ", i, " is ", int(value));
            file.write(with_byte(bytes, i, value));
            REQUIRE(read_anyhow(file.path()) <= events + 100);  // a broken open slot may hold other events
        }
    }
}

}  // namespace

TEST_CASE("a finished capture with any byte broken is read as far as possible or refused with a sentence") {
    RandomProgram program = small_program();
    const std::string bytes = program.builder.finished();
    break_every_byte(bytes, bytes.size(), program.builder.events());
}

TEST_CASE("an unfinished capture with any byte broken is read as far as possible or refused with a sentence") {
    RandomProgram program = small_program();
    std::string bytes = program.builder.open(0);
    bytes.resize(bytes.find_last_not_of('\0') + 1);  // the rest of the slot was never written
    break_every_byte(bytes, bytes.size(), program.builder.events());
}

TEST_CASE("a capture cut at any length is read up to there or refused with a sentence") {
    RandomProgram program = small_program();
    const std::string finished = program.builder.finished();
    const TemporaryFile file;
    std::uint64_t before = 0;
    for (std::size_t length = 0; length < finished.size(); ++length) {
        INFO("length ", length);
        file.write(finished.substr(0, length));
        const std::uint64_t events = read_anyhow(file.path());
        REQUIRE(events >= before);
        before = events;
    }
    CHECK(before == program.builder.events());
}

TEST_CASE("a capture that grows byte by byte arrives at the whole") {
    RandomProgram program = small_program();
    const std::string finished = program.builder.finished();
    const TemporaryFile file(finished.substr(0, 64));
    Session session(file.path());
    for (std::size_t length = 65; length <= finished.size(); ++length) {
        file.write(finished.substr(0, length));
        session.update();
    }
    const Json summary = ask(session, {{"query", "summary"}});
    CHECK(summary["complete"] == true);
    CHECK(summary["events"] == program.builder.events());
    CHECK(summary["notes"].size() <= 1);  // blocks handed out twice
}

TEST_CASE("a block that is lost in the middle costs its events alone, and their number is said") {
    CaptureBuilder builder;
    const auto code = builder.stepping_code("main.py", "f", 1, 9);
    const auto known = builder.stack(0, code, 1);
    builder.allocate(known, 10, 0x1000);
    builder.new_block();
    const auto lost = builder.stack(known, code, 2);
    builder.allocate(lost, 100, 0x2000);
    builder.allocate(lost, 100, 0x3000);
    const std::size_t begin = builder.blocks_end();
    builder.new_block();
    const auto later = builder.stack(0, code, 3);
    builder.allocate(lost, 1000, 0x4000);
    builder.allocate(later, 10000, 0x5000);
    std::string bytes = builder.finished();
    bytes[begin + 40] = static_cast<char>(bytes[begin + 40] ^ 0x55);

    const TemporaryFile file(bytes);
    Session session(file.path());
    const Json summary = ask(session, {{"query", "summary"}});
    CHECK(summary["events"] == 3);
    CHECK(summary["complete"] == false);
    CHECK(summary["damage"]["offset"] == begin);
    CHECK(summary["notes"][0].get<std::string>().find("2 events are missing") != std::string::npos);
    const Json rows = ask(session, {{"query", "lines"}})["rows"];
    CHECK(rows[0]["line"] == 3);
    CHECK(rows[0]["peak_bytes"] == 10000);
    CHECK(rows[1]["line"].is_null());  // its stack was defined in the lost block
    CHECK(rows[1]["peak_bytes"] == 1000);
    CHECK(rows[2]["line"] == 1);
}

TEST_CASE("what is no capture, is newer or is not there is refused by name") {
    const auto code_of = [](const std::string& path) {
        try {
            Session session(path);
        } catch (const Error& error) {
            return error.code();
        }
        return std::string("none");
    };
    CHECK(code_of("/tmp/there/is/nothing.alloclens") == "not_found");
    CHECK(code_of("/tmp") == "not_a_capture");
    CHECK(code_of(TemporaryFile("#!/usr/bin/env python3\nprint('a script, not a capture, and long enough')\n\n\n").path()) == "not_a_capture");
    const std::string bytes = CaptureBuilder().finished();
    CHECK(code_of(TemporaryFile(with_byte(bytes, 8, 2)).path()) == "newer_format");
    CHECK(code_of(TemporaryFile(with_byte(with_byte(bytes, 8, 0), 11, 1)).path()) == "other_architecture");
    CHECK(code_of(TemporaryFile(bytes.substr(0, 30)).path()) == "damaged");
}

TEST_CASE("a capture of memray is told apart, also compressed as memray leaves it") {
    const auto message_of = [](const std::string& bytes) {
        const TemporaryFile file(bytes);
        try {
            Session session(file.path());
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    using namespace std::string_literals;
    const std::string lz4 = "\x04\x22\x4D\x18\x40\x40\xC0\x02\x0C\x00\x00\xFA\x04"s;
    const std::string rest(64, '\0');
    CHECK(message_of("memray\0\x0c"s + rest).find("is a capture of memray") != std::string::npos);
    CHECK(message_of(lz4 + "memray\0"s + rest).find("is a capture of memray") != std::string::npos);
    CHECK(message_of(lz4 + rest).find("is not an AllocLens capture") != std::string::npos);
}

TEST_CASE("reading can be cancelled and goes on later") {
    RandomProgram program = small_program();
    const TemporaryFile file(program.builder.finished().substr(0, 64));
    Session session(file.path());
    file.write(program.builder.finished());
    CHECK_THROWS_AS(session.update([](auto, auto) { return false; }), Error);
    session.update();
    CHECK(ask(session, {{"query", "summary"}})["events"] == program.builder.events());
}
