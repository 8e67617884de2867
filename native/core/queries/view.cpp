#include "view.hpp"

namespace alloclens::core {

View::View(const Recording& recording, const Places& places)
    : recording_(recording),
      places_(places),
      with_callees_(recording.profile.program().stacks.size()),
      first_child_(with_callees_.size(), 0),
      next_sibling_(with_callees_.size(), 0) {
    // Children come after their parents, so that one pass from the last stack adds everything up.
    for (std::uint32_t i = stacks(); i-- > 1;) {
        with_callees_[i] += own(i);
        with_callees_[parent(i)] += with_callees_[i];
        next_sibling_[i] = first_child_[parent(i)];
        first_child_[parent(i)] = i;
    }
    with_callees_[0] += own(0);
}

std::vector<std::uint32_t> View::innermost_of_yours() const {
    std::vector<std::uint32_t> result(stacks(), 0);
    for (std::uint32_t i = 1; i < stacks(); ++i) {
        result[i] = place(i) != 0 && places_.origin(place(i)) == Origin::yours ? place(i) : result[parent(i)];
    }
    return result;
}

}  // namespace alloclens::core
