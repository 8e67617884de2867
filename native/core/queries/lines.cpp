#include <algorithm>
#include <vector>

#include "queries.hpp"

namespace alloclens::core {

void answer_lines(const View& view, JsonWriter& out) {
    struct Row {
        Figures own, yours, with_callees;
    };
    const Places& places = view.places();
    std::vector<Row> rows(places.places());
    const std::vector<std::uint32_t> yours = view.innermost_of_yours();
    for (std::uint32_t i = 0; i < view.stacks(); ++i) {
        const Figures own = view.own(i);
        rows[view.place(i)].own += own;
        rows[yours[i]].yours += own;
    }
    view.outermost(places.places(), [](std::uint32_t place) { return place; },
                   [&](std::uint32_t stack, std::uint32_t place) { rows[place].with_callees += view.with_callees(stack); });
    rows[0].with_callees = rows[0].own;

    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
        if (i == 0 || !rows[i].with_callees.empty()) order.push_back(i);
    }
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        if (rows[a].own.peak.bytes != rows[b].own.peak.bytes) return rows[a].own.peak.bytes > rows[b].own.peak.bytes;
        if (rows[a].own.total.bytes != rows[b].own.total.bytes) return rows[a].own.total.bytes > rows[b].own.total.bytes;
        return place_before(places, a, b);
    });

    out.begin_object().key("rows").begin_array();
    for (const std::uint32_t place : order) {
        out.begin_object();
        write_place(places, place, out);
        write_figures(rows[place].own, out);
        write_figures("yours", rows[place].yours, out);
        write_figures("with_callees", rows[place].with_callees, out);
        out.end_object();
    }
    out.end_array().end_object();
}

}  // namespace alloclens::core
