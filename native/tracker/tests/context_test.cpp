// Which region a thread is in, read from objects laid out as the interpreter's.
#include "tracker/regions/context.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include <doctest/doctest.h>

namespace alloclens::tracker {
namespace {

/// A thread of CPython 3.8 whose context has one variable.
struct ThreadState {
    const void* variable = this;
    const void* type[4] = {nullptr, nullptr, nullptr, "hamt_collision_node"};
    std::uint64_t value[5] = {0, 0, 0, 0, 7};  // bytes
    const void* node[6] = {nullptr, type, reinterpret_cast<const void*>(2), nullptr, variable, value};
    const void* variables[3] = {nullptr, nullptr, node};
    const void* context[4] = {nullptr, nullptr, nullptr, variables};
    const void* members[32] = {};

    ThreadState() { members[kContextLayouts[0].context / sizeof(void*)] = context; }
};

TEST_CASE("a thread that sees a context variable in use reads its value rightly, also while it is being set") {
    const ThreadState state;
    const CurrentRegion wanted(0, state.variable, 1);
    constexpr int kRounds = 20'000;
    const std::unique_ptr<CurrentRegion[]> regions(new CurrentRegion[kRounds]);
    std::atomic<int> round{0};
    int wrong = 0;
    std::thread reader([&] {
        for (int i = 0; i < kRounds; ++i) {
            while (!regions[i].in_use()) {}
            ThisThread me;
            if (regions[i].read(me, state.members) != 7) ++wrong;
            round.store(i + 1, std::memory_order_release);
        }
    });
    for (int i = 0; i < kRounds; ++i) {
        while (round.load(std::memory_order_acquire) != i) {}
        regions[i].replace_by(wanted);
    }
    reader.join();
    CHECK(wrong == 0);
}

}  // namespace
}  // namespace alloclens::tracker
