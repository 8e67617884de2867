#include <algorithm>
#include <tuple>
#include <vector>

#include "queries.hpp"
#include "rows.hpp"

namespace alloclens::core {

FunctionSums sums_of_functions(const View& view) {
    const Places& places = view.places();
    const auto function_of = [&places](std::uint32_t place) { return places.place(place).function; };
    FunctionSums sums{std::vector<Figures>(places.functions()), std::vector<Figures>(places.functions())};
    for (std::uint32_t i = 1; i < view.stacks(); ++i) sums.own[function_of(view.place(i))] += view.own(i);
    view.outermost(places.functions(), function_of,
                   [&](std::uint32_t, std::uint32_t function, const Figures& sum) { sums.with_callees[function] += sum; });
    return sums;
}

void answer_functions(const Places& places, const FunctionSums& sums, const FunctionsQuery& query, JsonWriter& out) {
    const std::vector<Figures>& own = sums.own;
    const std::vector<Figures>& with_callees = sums.with_callees;
    const std::uint32_t only = query.file ? places.find_file(*query.file) : 0;
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 1; i < places.functions(); ++i) {
        if (!with_callees[i].empty() && (!query.file || places.function(i).file == only)) order.push_back(i);
    }
    const auto key = [&](std::uint32_t i) {
        const Places::Function& function = places.function(i);
        return std::tuple<std::uint64_t, const std::string&, const std::string&, std::uint32_t>(
            UINT64_MAX - with_callees[i].of(query.measure).bytes, places.name(function.name), places.file(function.file).path,
            function.first_line);
    };
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
    const std::size_t total = order.size();
    if (query.limit && total > *query.limit) order.resize(*query.limit);

    out.begin_object();
    if (order.size() < total) out.field("total", total);
    out.key("functions").begin_array();
    for (const std::uint32_t i : order) {
        const Places::Function& function = places.function(i);
        const Places::File& file = places.file(function.file);
        out.begin_object().field("file", file.path).field("function", places.name(function.name));
        out.field("first_line", function.first_line).field("origin", name_of(file.origin));
        write_figures("own", own[i], out);
        write_figures("with_callees", with_callees[i], out);
        out.end_object();
    }
    out.end_array().end_object();
}

}  // namespace alloclens::core
