#include <algorithm>
#include <numeric>
#include <vector>

#include "queries.hpp"

namespace alloclens::core {

namespace {

/// Ranges that share no line, in the order of lines: each line has one of them at most, so one walk counts them all.
using Layer = std::vector<std::uint32_t>;

std::vector<Layer> layers_of(const std::vector<LineRange>& ranges) {
    std::vector<std::uint32_t> order(ranges.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return ranges[a].first < ranges[b].first; });
    std::vector<Layer> layers;
    for (const std::uint32_t i : order) {
        const auto free = std::find_if(layers.begin(), layers.end(), [&](const Layer& l) { return ranges[l.back()].last < ranges[i].first; });
        if (free == layers.end()) layers.push_back({i});
        else free->push_back(i);
    }
    return layers;
}

}  // namespace

void answer_line_ranges(const View& view, const std::string& path, const std::vector<LineRange>& ranges, JsonWriter& out) {
    const Places& places = view.places();
    const std::uint32_t file = places.find_file(path);
    std::vector<Figures> figures(ranges.size());
    if (file != 0) {
        for (const Layer& layer : layers_of(ranges)) {
            std::vector<std::uint32_t> key_of_place(places.places(), 0);
            for (std::uint32_t i = 1; i < places.places(); ++i) {
                if (places.place(i).file != file) continue;
                const std::uint32_t line = places.place(i).line;
                const auto at = std::find_if(layer.begin(), layer.end(),
                                             [&](std::uint32_t range) { return ranges[range].first <= line && line <= ranges[range].last; });
                if (at != layer.end()) key_of_place[i] = *at + 1;
            }
            view.outermost(static_cast<std::uint32_t>(ranges.size()) + 1, [&](std::uint32_t place) { return key_of_place[place]; },
                           [&](std::uint32_t, std::uint32_t key, const Figures& sum) { figures[key - 1] += sum; });
        }
    }
    out.begin_object().key("ranges").begin_array();
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        out.begin_object().field("first_line", ranges[i].first).field("last_line", ranges[i].last);
        write_figures("with_callees", figures[i], out);
        out.end_object();
    }
    out.end_array().end_object();
}

}  // namespace alloclens::core
