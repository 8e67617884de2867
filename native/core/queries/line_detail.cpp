#include <algorithm>
#include <map>
#include <vector>

#include "line_figures.hpp"
#include "queries.hpp"

namespace alloclens::core {

namespace {

/// A path is cut here: nobody reads further, and a recursion may be thousands deep.
constexpr std::size_t kLongestPath = 100;

using Path = std::vector<std::uint32_t>;  ///< places, innermost first

struct Detail {
    std::map<std::uint32_t, Amount> allocated_in;  ///< by place
    std::map<Path, Amount> called_from;
};

Detail find_detail(const View& view, const std::vector<bool>& on_line, Measure measure) {
    Detail detail;
    const std::vector<Amount> with_callees = view.with_callees(measure);
    const Program& program = view.program();
    std::vector<bool> inside(view.stacks(), false);
    for (std::uint32_t i = 1; i < view.stacks(); ++i) {
        const std::uint32_t parent = view.parent(i);
        const bool here = on_line[view.place(i)];
        inside[i] = here || inside[parent];
        if (!inside[i]) continue;
        if (const Amount own = view.own(i).of(measure); !own.empty()) detail.allocated_in[view.place(i)] += own;
        const Amount& all = with_callees[i];
        if (!here || inside[parent] || all.empty()) continue;
        Path path;
        for (std::uint32_t at = program.caller(i); at != 0 && path.size() < kLongestPath; at = program.caller(at)) {
            path.push_back(view.place(at));
        }
        detail.called_from[std::move(path)] += all;
    }
    return detail;
}

/// Largest first; the map's own order, which is that of definition, breaks ties.
template <class Key>
std::vector<std::pair<const Key*, Amount>> largest(const std::map<Key, Amount>& amounts, std::size_t limit) {
    std::vector<std::pair<const Key*, Amount>> rows;
    for (const auto& [key, amount] : amounts) rows.emplace_back(&key, amount);
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second.bytes > b.second.bytes; });
    if (rows.size() > limit) rows.resize(limit);
    return rows;
}

}  // namespace

void answer_line_detail(const View& view, const LineDetailQuery& query, JsonWriter& out) {
    const Places& places = view.places();
    const std::uint32_t file = places.find_file(query.file);
    std::vector<bool> on_line(places.places(), false);
    for (std::uint32_t i = 1; i < places.places(); ++i) {
        on_line[i] = file != 0 && places.place(i).file == file && places.place(i).line == query.line;
    }
    const Detail detail = find_detail(view, on_line, query.measure);
    const LineFigures figures = figures_of_lines(view, query.file)[query.line];

    out.begin_object().field("line", query.line).key("figures").begin_object();
    write_figures("own", figures.own, out);
    write_figures("yours", figures.yours, out);
    write_figures("with_callees", figures.with_callees, out);
    out.end_object().key("allocated_in").begin_array();
    for (const auto& [place, amount] : largest(detail.allocated_in, query.limit)) {
        out.begin_object();
        write_place(places, *place, out);
        out.field("bytes", amount.bytes).field("allocations", amount.allocations).end_object();
    }
    out.end_array().key("called_from").begin_array();
    for (const auto& [path, amount] : largest(detail.called_from, query.limit)) {
        out.begin_object().key("path").begin_array();
        for (const std::uint32_t place : *path) {
            out.begin_object();
            write_place(places, place, out);
            out.end_object();
        }
        out.end_array().field("bytes", amount.bytes).field("allocations", amount.allocations).end_object();
    }
    out.end_array().end_object();
}

}  // namespace alloclens::core
