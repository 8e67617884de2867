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

/// Two threads, a package, an import, a mapping, temporary blocks, and a cache that grows: something of all that reports tell.
CaptureBuilder busy(std::uint64_t rounds) {
    CaptureBuilder builder;
    const auto main = builder.stepping_code("main.py", "<module>", 1, 20);
    const auto work = builder.stepping_code("main.py", "work", 30, 10);
    const auto remember = builder.stepping_code("cache.py", "Cache.remember", 5, 4);
    const auto array = builder.stepping_code("/usr/lib/python3.12/site-packages/arrays/core.py", "zeros", 100, 3);
    const auto load = builder.stepping_code("<frozen importlib._bootstrap>", "_load", 900, 2);
    const auto module = builder.stepping_code("cache.py", "<module>", 1, 2);
    const auto importing = builder.stack(builder.stack(builder.stack(0, main, 1), load, 1), module, 1);
    const auto at_work = builder.stack(builder.stack(0, main, 12), work, 4);
    const auto at_zeros = builder.stack(at_work, array, 2);
    const auto at_remember = builder.stack(at_work, remember, 3);
    const auto on_worker = builder.stack(builder.stack(0, work, 6), array, 2);
    const auto first = builder.thread(1001, "MainThread");
    const auto worker = builder.thread(1002, "worker");
    std::string text;
    for (int line = 1; line <= 40; ++line) {
        text += line == 1 ? "import cache" : line == 12 ? "work()" : line == 33 ? "    cache.remember(zeros())" : line == 35 ? "    zeros()" : "";
        text += "\n";
    }
    builder.source("main.py", text);
    builder.switch_to(first);
    for (std::uint64_t i = 0; i < 20; ++i) builder.allocate(importing, 900 + i, 0x7f0000100000 + i * 1024);
    builder.rss(3000);
    for (std::uint64_t i = 0; i < rounds; ++i) {
        builder.time(125'000);
        builder.allocate(at_remember, 5000 + 10 * i, 0x7f0000200000 + i * 8192, format::Allocator::malloc);
        builder.allocate(at_work, 300, 0x7f0000001000);
        builder.free(0x7f0000001000);
        builder.map(at_zeros, format::kMappingAnonymous | format::kMappingWritable, 0x7e0000000000 + i * 0x100000, 0x40000);
        builder.switch_to(worker);
        builder.allocate(on_worker, 70'000, 0x7f0000300000 + i * 0x20000, format::Allocator::calloc);
        builder.time(125'000);
        builder.rss(3000 + 80 * i);
        builder.switch_to(first);
        if (i % 2) builder.unmap(0x7e0000000000 + i * 0x100000, 0x40000);
        if (i >= 3) builder.free(0x7f0000300000 + (i - 3) * 0x20000);
        if (i == rounds / 2) builder.new_block();
    }
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
    CaptureBuilder::save(folder + "/busy.alloclens", busy(8).finished());
    CaptureBuilder::save(folder + "/busier.alloclens", busy(10).finished());
    CaptureBuilder::save(folder + "/damaged.alloclens", damaged);
    CaptureBuilder::save(folder + "/newer.alloclens", newer);
    CaptureBuilder::save(folder + "/cut_short.alloclens", program().open(0).substr(0, 8192));
}
