// make_golden FOLDER: the captures in test-fixtures/captures, for tests that have no builder of their own.
#include <filesystem>
#include <string>

#include "core/testing/capture_builder.hpp"

using namespace alloclens;
using core::testing::CaptureBuilder;

namespace {

/// main.py: line 3 calls load, whose line 12 asks for 100 bytes itself and for 50 through the standard library's json.
CaptureBuilder program() {
    CaptureBuilder builder;
    const auto main = builder.stepping_code("main.py", "<module>", 1, 3);
    const auto load = builder.stepping_code("main.py", "load", 10, 5);
    const auto parse = builder.stepping_code("/usr/lib/python3.12/json.py", "parse", 30, 2);
    const auto at_load = builder.stack(builder.stack(0, main, 3), load, 3);
    const auto at_parse = builder.stack(at_load, parse, 1);
    builder.source("main.py", "import json\n\nload()\n");
    builder.allocate(at_load, 100, 0x7f0000001000);
    builder.time(1'000'000);
    builder.rss(2000);
    builder.new_block();
    builder.allocate(at_parse, 50, 0x7f0000001100);
    builder.allocate(0, 7, 0x7f0000002000, format::Allocator::malloc);
    builder.time(1'000'000);
    builder.free(0x7f0000001100);
    return builder;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) return 2;
    const std::string folder = arguments[1];
    std::filesystem::create_directories(folder);
    const std::string finished = program().finished();
    const std::size_t first_events = finished.find("ALBK", finished.find("ALBK", 65) + 4);
    std::string damaged = finished, newer = finished;
    damaged[first_events + 40] = static_cast<char>(damaged[first_events + 40] ^ 0x55);
    newer[8] = 2;
    CaptureBuilder::save(folder + "/small.alloclens", finished);
    CaptureBuilder::save(folder + "/damaged.alloclens", damaged);
    CaptureBuilder::save(folder + "/newer.alloclens", newer);
    CaptureBuilder::save(folder + "/cut_short.alloclens", program().open(0).substr(0, 8192));
}
