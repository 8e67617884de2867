#include <algorithm>

#include "queries.hpp"

namespace alloclens::core {

void answer_timeline(const Profile& profile, std::size_t points, JsonWriter& out) {
    const std::vector<Timeline::Step> steps = profile.timeline().steps();
    const std::size_t most = std::max<std::size_t>(points, 1);
    const std::size_t width = (steps.size() + most - 1) / most;
    const auto seconds = [](std::uint64_t us) { return static_cast<double>(us) / 1e6; };

    out.begin_object().key("times").begin_array();
    for (std::size_t i = 0; i < steps.size(); i += width) out.value(seconds(profile.timeline().begin_us() + i * profile.timeline().step_us()));
    out.end_array().key("heap").begin_array();
    for (std::size_t i = 0; i < steps.size(); i += width) {
        std::uint64_t highest = 0;
        for (std::size_t j = i; j < std::min(i + width, steps.size()); ++j) highest = std::max(highest, steps[j].heap);
        out.value(highest);
    }
    out.end_array().key("rss").begin_array();
    for (std::size_t i = 0; i < steps.size(); i += width) out.value(steps[std::min(i + width, steps.size()) - 1].rss);
    out.end_array().key("peak").begin_object();
    out.field("time_s", seconds(profile.peak_time_us())).field("bytes", profile.peak());
    out.end_object().end_object();
}

}  // namespace alloclens::core
