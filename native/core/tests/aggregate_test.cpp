// What is left of a profile when its events are not kept.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "core/profile/aggregate.hpp"

namespace alloclens::core {
namespace {

const std::uint8_t* bytes(const std::string& text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }

format::Bytes blob(const std::string& text) { return {bytes(text), text.size()}; }

/// Two stacks, two threads, a region; something is freed, so that peak and present differ.
void fill(Profile& profile) {
    const std::string main = "main", file = "main.py", lines(9000, '\x80');
    profile.define_thread(7, blob(main));
    profile.define_thread(8, blob(file));
    REQUIRE(profile.define_region(0, blob(main)));
    REQUIRE(profile.region_entered(1));
    profile.define_code(3, format::LineTable::locations, {blob(file), format::Encoding::utf8}, {blob(main), format::Encoding::utf8}, blob(lines));
    REQUIRE(profile.define_stack(1, 1, 5));
    REQUIRE(profile.define_stack(1, 1, 6));
    REQUIRE(profile.thread(1));
    REQUIRE(profile.allocation(1, 1000, format::Allocator::malloc, 0x1000));
    REQUIRE(profile.allocation(2, 500, format::Allocator::pyobject_malloc, 0x2000));
    profile.time(2500);
    profile.rss(77);
    REQUIRE(profile.map(0, format::kMappingAnonymous | format::kMappingPythonArena, 0x100000, 0x4000));
    profile.unmap(0x103000, 0x1000);
    profile.free(0x1000, false);
    REQUIRE(profile.thread(2));
    REQUIRE(profile.region(1));
    REQUIRE(profile.allocation(2, 100, format::Allocator::pyobject_malloc, 0x3000));
    profile.free(0x3000, false);
    profile.time(1000);
}

TEST_CASE("an aggregate keeps the program, the figures of each account and the timeline") {
    Profile profile, again;
    fill(profile);
    const std::string text = encode_aggregate(profile);
    REQUIRE(decode_aggregate(bytes(text), text.size(), again));
    CHECK(encode_aggregate(again) == text);
    CHECK(again.events() == 7);
    CHECK(again.arena_bytes() == 0x3000);
    CHECK(again.peak_arena_bytes() == 0x4000);
    CHECK(again.timeline().steps().back().arenas == 0x3000);
    CHECK(again.ledger().heap() == 500);
    CHECK(again.peak() == 1500);
    CHECK(again.peak_rss_pages() == 77);
    CHECK(again.program().codes[1].lines.size() == 9000);
    CHECK(again.program().regions[1].entered == 1);
    CHECK(again.timeline().steps().size() == profile.timeline().steps().size());
    REQUIRE(again.ledger().accounts() == 4);
    CHECK(again.figures(1).peak.bytes == 1000);
    CHECK(again.figures(1).unfreed.bytes == 0);
    CHECK(again.figures(3).temporary.bytes == 100);
    CHECK(again.ledger().whos()[again.ledger().who_of(3)].region == 1);
    CHECK(again.ledger().whos()[again.ledger().who_of(3)].thread == 2);
}

TEST_CASE("an aggregate that was cut or changed is refused or harmless") {
    Profile profile;
    fill(profile);
    const std::string text = encode_aggregate(profile);
    for (std::size_t length = 0; length < text.size(); ++length) {
        Profile cut;
        CHECK_FALSE(decode_aggregate(bytes(text), length, cut));
    }
    for (std::size_t at = 0; at < text.size(); at = at < 200 || at + 400 > text.size() ? at + 1 : at + 50) {
        std::string changed = text;
        changed[at] = static_cast<char>(changed[at] ^ 0x55);
        Profile other;
        decode_aggregate(bytes(changed), changed.size(), other);
    }
}

}  // namespace
}  // namespace alloclens::core
