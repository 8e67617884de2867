#include "view.hpp"

namespace alloclens::core {

View::View(const Recording& recording, const Profile& profile, const Places& places, const StackLinks& links, Filter filter)
    : recording_(recording), profile_(profile), places_(places), links_(links), filter_(std::move(filter)) {
    each_account([this](std::uint32_t, std::uint32_t, const Who&, const Figures& figures) { total_ += figures; });
}

std::vector<Amount> View::with_callees(Measure measure) const {
    std::vector<Amount> sums(stacks());
    // Children come after their parents, so that one pass from the last stack adds everything up.
    for (std::uint32_t i = stacks(); i-- > 0;) {
        sums[i] += own(i).of(measure);
        if (i != 0) sums[parent(i)] += sums[i];
    }
    return sums;
}

std::vector<std::uint32_t> View::innermost_of_yours() const {
    std::vector<std::uint32_t> result(stacks(), 0);
    for (std::uint32_t i = 1; i < stacks(); ++i) {
        result[i] = place(i) != 0 && places_.origin(place(i)) == Origin::yours ? place(i) : result[parent(i)];
    }
    return result;
}

}  // namespace alloclens::core
