// What is live while it is recorded, and when somebody must look.
#include <map>
#include <random>
#include <string>
#include <vector>

#include <unistd.h>

#include <doctest/doctest.h>

#include "core/capture/reader.hpp"
#include "core/format/bytes_text.hpp"
#include "tracker/live/memory_limit.hpp"
#include "tracker/live/own_memory.hpp"
#include "tracker/live/own_reader.hpp"
#include "tracker/live/where.hpp"
#include "tracker/writer/event_stream.hpp"

namespace alloclens::tracker {
namespace {

TEST_CASE("the tracker counts while it records what a reader counts afterwards") {
    char path[] = "/tmp/alloclens-own-reader-XXXXXX";
    REQUIRE(::close(::mkstemp(path)) == 0);
    OwnReader reader;
    REQUIRE(reader.begin(4096));
    EventStream stream;
    stream.read_by(&reader);
    REQUIRE(stream.begin(path, true, R"({"page_size": 4096})").empty());
    stream.switch_thread(stream.define_thread(1, "main"));
    const EventStream::Text file{"main.py", 7, format::Encoding::utf8}, name{"load", 4, format::Encoding::utf8};
    const std::uint32_t stack = stream.define_stack(0, stream.define_code(12, format::LineTable::lnotab, file, name, "", 0), 1);

    std::mt19937 random(1);
    std::map<std::uint64_t, std::uint64_t> live;
    std::uint64_t heap = 0;
    for (int i = 0; i < 200'000; ++i) {  // several blocks
        const std::uint64_t address = 0x7f0000000000 + random() % 5000 * 16;
        if (const auto block = live.find(address); block != live.end()) {
            const bool moved = random() % 4 == 0;
            stream.free(address, moved);
            if (moved && random() % 2) {
                stream.realloc_failed(address);
                continue;
            }
            heap -= block->second;
            live.erase(block);
        } else {
            const std::uint64_t size = random() % 3000;
            stream.allocation(stack, size, format::Allocator::malloc, address);
            live[address] = size;
            heap += size;
        }
        if (random() % 1000 == 0) {
            stream.catch_up();
            REQUIRE(reader.profile().ledger().heap() == heap);
        }
    }
    stream.catch_up();
    CHECK(reader.profile().ledger().heap() == heap);
    CHECK_FALSE(reader.failed());
    CHECK(where(reader.profile(), stack) == "load at main.py:12");
    CHECK(where(reader.profile(), 0) == "code that is no Python");
    const std::uint64_t peak = reader.profile().ledger().peak();
    REQUIRE(stream.finish("{}"));
    core::Reader afterwards(path);
    afterwards.update({});
    CHECK(afterwards.recording().profile.ledger().heap() == heap);
    CHECK(afterwards.recording().profile.ledger().peak() == peak);
    ::unlink(path);
}

TEST_CASE("a limit looks only when all that was allocated since would pass it") {
    MemoryLimit limit;
    limit.begin(1000, false);
    std::uint64_t heap = 0;
    int looks = 0;
    const auto live = [&] { return ++looks, heap; };
    CHECK(limit.spend(600));
    CHECK(limit.spend(400));
    CHECK_FALSE(limit.spend(1));
    heap = 401;  // of which 600 were freed
    CHECK_FALSE(limit.look(1, live));
    CHECK(limit.spend(599));
    CHECK_FALSE(limit.spend(1));
    heap = 1001;
    CHECK(limit.look(1, live));
    CHECK(looks == 2);
    limit.begin(0, false);
    CHECK(limit.spend(std::size_t{1} << 50));
}

TEST_CASE("a limit that refuses admits what has room, and what is under way counts") {
    MemoryLimit limit;
    limit.begin(1000, true);
    std::uint64_t heap = 0;
    const auto live = [&] { return heap; };
    CHECK(limit.admit(600, live));
    CHECK_FALSE(limit.admit(401, live));
    CHECK(limit.admit(400, live));
    limit.end_admission(400);
    heap = 600;
    CHECK_FALSE(limit.spend(600));
    CHECK_FALSE(limit.look(600, live));
    limit.end_admission(600);
    CHECK(limit.admit(400, live));
    limit.end_admission(400);
    CHECK_FALSE(limit.admit(401, live));
    heap = 100;  // 500 were freed
    CHECK(limit.admit(900, live));
    limit.end_admission(900);
    CHECK_FALSE(limit.admit(SIZE_MAX, live));
}

TEST_CASE("memory of our own is aligned, distinct and used again") {
    std::vector<void*> blocks;
    std::mt19937 random(2);
    for (int i = 0; i < 3000; ++i) {
        const std::size_t size = random() % (i % 100 == 0 ? 300'000 : 2000), alignment = i % 50 == 0 ? 2u << 20 : 16;
        void* const block = take_own_memory(size, alignment);
        REQUIRE(block);
        REQUIRE(reinterpret_cast<std::uintptr_t>(block) % alignment == 0);
        std::memset(block, i, size);
        blocks.push_back(block);
    }
    for (void* const block : blocks) give_back_own_memory(block);
    void* const again = take_own_memory(100);
    give_back_own_memory(again);
    CHECK(take_own_memory(90) == again);
    CHECK(take_own_memory(SIZE_MAX) == nullptr);
    give_back_own_memory(nullptr);
}

TEST_CASE("bytes are told with a digit behind the point where it tells something") {
    CHECK(format::bytes_text(0) == "0 B");
    CHECK(format::bytes_text(999) == "999 B");
    CHECK(format::bytes_text(1000) == "1 kB");
    CHECK(format::bytes_text(500'000'000) == "500 MB");
    CHECK(format::bytes_text(1'990'824'000) == "1.9 GB");
    CHECK(format::bytes_text(UINT64_MAX) == "18.4 EB");
}

}  // namespace
}  // namespace alloclens::tracker
