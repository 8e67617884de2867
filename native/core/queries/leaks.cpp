#include <algorithm>
#include <map>
#include <numeric>

#include "queries.hpp"
#include "rows.hpp"

namespace alloclens::core {

std::uint64_t Leak::grown() const {
    return std::accumulate(growth.begin(), growth.end(), std::uint64_t{0}) - *std::max_element(growth.begin(), growth.end());
}

std::vector<Leak> leaks_of(const View& view) {
    const Places& places = view.places();
    // What is made while modules are imported stays on purpose.
    std::vector<bool> importing(view.stacks(), false);
    for (std::uint32_t i = 1; i < view.stacks(); ++i) importing[i] = importing[view.parent(i)] || places.is_import(view.place(i));
    const std::vector<std::uint32_t> yours = view.innermost_of_yours();

    std::map<std::uint32_t, Leak> by_place;
    view.each_account([&](std::uint32_t account, std::uint32_t stack, const Who&, const Figures& figures) {
        const auto generation = view.profile().generation(account);
        if (importing[stack] || !generation) return;
        const std::uint32_t place = yours[stack] != 0 ? yours[stack] : view.place(stack);
        Leak& leak = by_place.try_emplace(place, Leak{place, {}, 0, std::vector<std::uint64_t>(view.profile().part().generations)}).first->second;
        leak.unfreed += figures.unfreed;
        leak.allocated += figures.total.allocations;
        leak.growth[std::min<std::size_t>(*generation, leak.growth.size() - 1)] += figures.unfreed.bytes;
    });

    std::vector<Leak> leaks;
    for (auto& [place, leak] : by_place) {
        if (leak.unfreed.bytes != 0) leaks.push_back(std::move(leak));
    }
    std::sort(leaks.begin(), leaks.end(), [&](const Leak& a, const Leak& b) {
        if (a.grown() != b.grown()) return a.grown() > b.grown();
        if (a.unfreed.bytes != b.unfreed.bytes) return a.unfreed.bytes > b.unfreed.bytes;
        return place_before(places, a.place, b.place);
    });
    return leaks;
}

void write_leak(const Places& places, const Leak& leak, JsonWriter& out) {
    out.begin_object();
    write_place(places, leak.place, out);
    out.field("bytes", leak.unfreed.bytes).field("allocations", leak.unfreed.allocations).key("growth_bytes").begin_array();
    for (const std::uint64_t bytes : leak.growth) out.value(bytes);
    out.end_array();
    out.field("kept_share", leak.allocated ? static_cast<double>(leak.unfreed.allocations) / static_cast<double>(leak.allocated) : 0.0);
    out.end_object();
}

}  // namespace alloclens::core
