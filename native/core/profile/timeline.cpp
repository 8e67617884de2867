#include "timeline.hpp"

#include <algorithm>

namespace alloclens::core {

void Timeline::advance(std::uint64_t time_us, std::uint64_t heap) {
    if (time_us <= now_us_) return;
    now_us_ = time_us;
    if (now_us_ <= begin_us_) return;
    const std::uint64_t passed = now_us_ - begin_us_;
    while (passed / step_us_ >= kMaxSteps) halve();
    while (closed_.size() < passed / step_us_) {
        closed_.push_back({highest_, rss_, highest_arenas_});
        highest_ = heap;
        highest_arenas_ = arenas_;
    }
}

void Timeline::halve() {
    const std::size_t pairs = closed_.size() / 2;
    for (std::size_t i = 0; i < pairs; ++i) {
        const Step& first = closed_[2 * i];
        const Step& second = closed_[2 * i + 1];
        closed_[i] = {std::max(first.heap, second.heap), second.rss, std::max(first.arenas, second.arenas)};
    }
    // An odd last step is no longer closed: it becomes the first half of the open one.
    if (closed_.size() % 2 == 1) {
        highest_ = std::max(highest_, closed_.back().heap);
        highest_arenas_ = std::max(highest_arenas_, closed_.back().arenas);
    }
    closed_.resize(pairs);
    step_us_ *= 2;
}

std::vector<Timeline::Step> Timeline::steps() const {
    if (now_us_ < begin_us_) return {};
    std::vector<Step> all = closed_;
    all.push_back({highest_, rss_, highest_arenas_});
    return all;
}

}  // namespace alloclens::core
