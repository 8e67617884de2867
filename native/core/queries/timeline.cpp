#include <algorithm>

#include "queries.hpp"

namespace alloclens::core {

namespace {

double seconds(std::uint64_t us) { return static_cast<double>(us) / 1e6; }

/// How many steps of a timeline make one point.
std::size_t width_of(std::size_t steps, std::size_t points) {
    const std::size_t most = std::max<std::size_t>(points, 1);
    return std::max<std::size_t>((steps + most - 1) / most, 1);
}

/// The highest step: its beginning is all that is known of the time.
void write_highest(const Timeline& timeline, JsonWriter& out) {
    const std::vector<Timeline::Step> steps = timeline.steps();
    const auto highest = std::max_element(steps.begin(), steps.end(), [](const auto& a, const auto& b) { return a.heap < b.heap; });
    const auto before = static_cast<std::uint64_t>(highest - steps.begin());
    out.field("time_s", seconds(timeline.begin_us() + before * timeline.step_us())).field("bytes", steps.empty() ? 0 : highest->heap);
}

}  // namespace

std::vector<std::uint64_t> highest_of(const Timeline& timeline, std::size_t points) {
    const std::vector<Timeline::Step> steps = timeline.steps();
    const std::size_t width = width_of(steps.size(), points);
    std::vector<std::uint64_t> highest((steps.size() + width - 1) / width, 0);
    for (std::size_t i = 0; i < steps.size(); ++i) highest[i / width] = std::max(highest[i / width], steps[i].heap);
    return highest;
}

void write_steps(const Timeline& timeline, std::size_t points, JsonWriter& out) {
    const std::vector<std::uint64_t> highest = highest_of(timeline, points);
    const std::size_t width = width_of(timeline.steps().size(), points);
    out.key("times").begin_array();
    for (std::size_t i = 0; i < highest.size(); ++i) out.value(seconds(timeline.begin_us() + i * width * timeline.step_us()));
    out.end_array().key("heap").begin_array();
    for (const std::uint64_t bytes : highest) out.value(bytes);
    out.end_array();
}

void answer_timeline(const Recording& recording, const Profile& profile, const Timeline* heap, std::size_t points, JsonWriter& out) {
    const std::vector<Timeline::Step> steps = profile.timeline().steps();
    const std::size_t width = width_of(steps.size(), points);
    out.begin_object();
    write_steps(heap ? *heap : profile.timeline(), points, out);
    out.key("rss").begin_array();
    for (std::size_t i = 0; i < steps.size(); i += width) out.value(steps[std::min(i + width, steps.size()) - 1].rss);
    if (tells_arenas(recording)) {
        out.end_array().key("arenas").begin_array();
        for (std::size_t i = 0; i < steps.size(); i += width) {
            std::uint64_t highest = 0;
            for (std::size_t k = i; k < std::min(i + width, steps.size()); ++k) highest = std::max(highest, steps[k].arenas);
            out.value(highest);
        }
    }
    out.end_array().key("peak").begin_object();
    if (heap) write_highest(*heap, out);
    else out.field("time_s", seconds(profile.peak_time_us())).field("bytes", profile.peak());
    out.end_object().end_object();
}

}  // namespace alloclens::core
