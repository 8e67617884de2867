#include "tracker/stack_tree.hpp"

#include <map>
#include <random>
#include <tuple>

#include <doctest/doctest.h>

namespace alloclens::tracker {

TEST_CASE("a tree of stacks answers as a plain map does, also where one stack is continued in thousands of ways") {
    StackTree tree;
    for (int round = 0; round < 2; ++round) {  // a second capture knows nothing of the first
        std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::uint32_t> model;
        std::mt19937 random(5);
        const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); };
        std::uint32_t told = 0;
        for (int step = 0; step < 300'000; ++step) {
            const std::uint32_t parent = below(3) ? below(told + 1) : below(4);
            const std::uint32_t code = 1 + below(parent < 4 ? 500 : 3), instruction = below(8);
            const std::uint32_t before = told;
            // Ids between are given to native frames.
            const std::uint32_t id = tree.find_or_add(parent, code, instruction, [&] { return told += 1 + (step % 1000 == 0) * 40'000; });
            const auto [known, is_new] = model.try_emplace({parent, code, instruction}, id);
            REQUIRE(known->second == id);
            REQUIRE(is_new == (told != before));
        }
        tree.clear();
    }
}

}  // namespace alloclens::tracker
