#include <algorithm>
#include <map>
#include <vector>

#include "function_places.hpp"
#include "queries.hpp"

namespace alloclens::core {

namespace {

void write_neighbours(const char* name, const Places& places, const std::map<std::uint32_t, Amount>& amounts, std::size_t limit, JsonWriter& out) {
    std::vector<std::pair<std::uint32_t, Amount>> rows(amounts.begin(), amounts.end());
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second.bytes > b.second.bytes; });
    if (rows.size() > limit) rows.resize(limit);
    out.key(name).begin_array();
    for (const auto& [number, amount] : rows) {
        const Places::Function& function = places.function(number);
        const bool known = number != 0;
        out.begin_object().field("file", known ? std::optional<std::string_view>(places.file(function.file).path) : std::nullopt);
        out.field("function", known ? std::string_view(places.name(function.name)) : "(unknown)");
        out.field("first_line", known ? std::optional(function.first_line) : std::nullopt);
        out.field("origin", name_of(places.file(function.file).origin));
        out.field("bytes", amount.bytes).field("allocations", amount.allocations).end_object();
    }
    out.end_array();
}

}  // namespace

void answer_neighbours(const View& view, const FunctionId& function, Measure measure, std::size_t limit, JsonWriter& out) {
    const Places& places = view.places();
    const std::vector<bool> inside = places_of_function(places, function);
    const std::vector<Amount> with_callees = view.with_callees(measure);
    const auto function_of = [&](std::uint32_t stack) { return places.place(view.place(stack)).function; };

    Figures own, all;
    std::map<std::uint32_t, Amount> callers, callees;  // by function
    view.outermost(2, [&](std::uint32_t place) { return inside[place] ? 1u : 0u; },
                   [&](std::uint32_t stack, std::uint32_t, const Figures& sum) {
                       all += sum;
                       if (const std::uint32_t caller = view.parent(stack)) callers[function_of(caller)] += sum.of(measure);
                       view.each_callee(stack, [&](std::uint32_t callee) { callees[function_of(callee)] += with_callees[callee]; });
                   });
    for (std::uint32_t i = 1; i < view.stacks(); ++i) {
        if (inside[view.place(i)]) own += view.own(i);
    }
    const auto empty = [](const auto& entry) { return entry.second.empty(); };
    std::erase_if(callers, empty);
    std::erase_if(callees, empty);

    out.begin_object();
    write_figures("own", own, out);
    write_figures("with_callees", all, out);
    write_neighbours("callers", places, callers, limit, out);
    write_neighbours("callees", places, callees, limit, out);
    out.end_object();
}

}  // namespace alloclens::core
