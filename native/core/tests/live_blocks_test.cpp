#include <map>
#include <random>

#include <doctest/doctest.h>

#include "core/profile/live_blocks.hpp"

using alloclens::core::LiveBlocks;

namespace {

/// LiveBlocks beside a std::map, over a few pages that fill up and empty again.
struct Pages {
    explicit Pages(std::size_t roomy_bytes) : blocks(roomy_bytes) {}

    LiveBlocks blocks;
    std::map<std::uint64_t, std::pair<std::uint32_t, std::uint64_t>> model;

    void insert(std::uint64_t address, std::uint32_t owner, std::uint64_t size) {
        const auto before = model.find(address);
        const auto replaced = blocks.insert(address, owner, size);
        REQUIRE(replaced.has_value() == (before != model.end()));
        if (replaced) REQUIRE(std::pair{replaced->owner, replaced->size} == before->second);
        model[address] = {owner, size};
    }

    void erase(std::uint64_t address) {
        const auto before = model.find(address);
        const auto erased = blocks.erase(address);
        REQUIRE(erased.has_value() == (before != model.end()));
        if (!erased) return;
        REQUIRE(std::pair{erased->owner, erased->size} == before->second);
        model.erase(before);
    }

    void erase_all() {
        while (!model.empty()) erase(model.begin()->first);
    }
};

/// Tables as small as can be, as large as is quick, and both in turn.
constexpr std::size_t kRooms[] = {0, 1 << 20, 3000};

}  // namespace

TEST_CASE("a page keeps its blocks while it fills up, whatever their alignment, and while it empties") {
    for (const std::size_t roomy_bytes : kRooms) {
        Pages pages(roomy_bytes);
        for (std::uint64_t offset = 0; offset < 4096; offset += 16) pages.insert(0x7000 + offset, 1, 16);
        for (std::uint64_t offset = 8; offset < 4096; offset += 16) pages.insert(0x7000 + offset, 2, 1 << 20);
        for (std::uint64_t offset = 0; offset < 4096; offset += 4) pages.erase(0x7000 + offset);
        CHECK(pages.model.empty());
    }
}

TEST_CASE("random blocks in few pages are those of a map") {
    std::mt19937_64 random(7);
    for (const std::size_t roomy_bytes : kRooms) {
        Pages pages(roomy_bytes);
        for (const std::uint64_t step : {16u, 8u, 16u, 1u, 16u, 48u}) {
            for (const unsigned inserts : {90u, 10u, 60u, 50u, 20u}) {  // of a hundred: filling, emptying, to and fro
                for (int i = 0; i < 5000; ++i) {
                    const std::uint64_t address = 0x100000 + random() % (3 * 4096 / step) * step;
                    if (random() % 100 < inserts) pages.insert(address, static_cast<std::uint32_t>(random()), random() % (1 << 20));
                    else pages.erase(address);
                }
            }
        }
        pages.erase_all();
        CHECK_FALSE(pages.blocks.erase(0x100000).has_value());
    }
}
