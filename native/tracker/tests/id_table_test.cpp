#include "tracker/id_table.hpp"

#include <random>
#include <unordered_map>

#include <doctest/doctest.h>

namespace alloclens::tracker {
namespace {

struct Key {
    std::uint64_t value = 0;
    bool operator==(const Key&) const = default;
    // Few places for many keys, so that most searches step over others.
    friend std::size_t hash(const Key& key) { return key.value % 64; }
};

}  // namespace

TEST_CASE("a table answers as a plain map does, whatever is added and erased") {
    IdTable<Key> table;
    std::unordered_map<std::uint64_t, std::uint32_t> model;
    std::mt19937_64 random(7);
    for (std::uint32_t step = 1; step < 200'000; ++step) {
        const std::uint64_t key = random() % 700 + 1;
        if (random() % 3 == 0) {
            CHECK(table.erase({key}) == (model.erase(key) == 1));
        } else {
            auto* const entry = table.find_or_add({key});
            REQUIRE(entry);
            const auto [known, added] = model.try_emplace(key, step);
            if (added) {
                REQUIRE(entry->id == 0);
                entry->id = step;
            }
            REQUIRE(entry->id == known->second);
        }
        REQUIRE(table.size() == model.size());
    }
}

TEST_CASE("a table keeps its ids while it grows") {
    IdTable<Key> table;
    for (std::uint64_t key = 1; key <= 5'000; ++key) table.find_or_add({key})->id = static_cast<std::uint32_t>(key);
    for (std::uint64_t key = 1; key <= 5'000; ++key) REQUIRE(table.find_or_add({key})->id == key);
}

TEST_CASE("nothing is erased from an empty table") {
    IdTable<Key> table;
    CHECK_FALSE(table.erase({1}));
}

}  // namespace alloclens::tracker
