#include "line_figures.hpp"
#include "queries.hpp"

namespace alloclens::core {

std::map<std::uint32_t, LineFigures> figures_of_lines(const View& view, const std::string& path) {
    const Places& places = view.places();
    const std::uint32_t file = places.find_file(path);
    std::map<std::uint32_t, LineFigures> lines;
    if (file == 0) return lines;

    // Each line of the file gets a number from 1; places elsewhere have 0.
    std::vector<std::uint32_t> key_of_place(places.places(), 0);
    std::vector<LineFigures*> by_key{nullptr};
    std::map<std::uint32_t, std::uint32_t> keys;
    for (std::uint32_t i = 1; i < places.places(); ++i) {
        if (places.place(i).file != file) continue;
        const std::uint32_t line = places.place(i).line;
        const auto [at, added] = keys.try_emplace(line, static_cast<std::uint32_t>(by_key.size()));
        if (added) by_key.push_back(&lines[line]);
        key_of_place[i] = at->second;
    }

    const std::vector<std::uint32_t> yours = view.innermost_of_yours();
    for (std::uint32_t i = 1; i < view.stacks(); ++i) {
        const std::uint32_t own_key = key_of_place[view.place(i)];
        const std::uint32_t yours_key = key_of_place[yours[i]];
        if (own_key != 0) by_key[own_key]->own += view.own(i);
        if (yours_key != 0) by_key[yours_key]->yours += view.own(i);
    }
    view.outermost(static_cast<std::uint32_t>(by_key.size()), [&](std::uint32_t place) { return key_of_place[place]; },
                   [&](std::uint32_t, std::uint32_t key, const Figures& sum) { by_key[key]->with_callees += sum; });
    return lines;
}

void answer_file_lines(const View& view, const std::string& file, JsonWriter& out) {
    out.begin_object().key("lines").begin_array();
    for (const auto& [line, figures] : figures_of_lines(view, file)) {
        if (figures.with_callees.empty()) continue;
        out.begin_object().field("line", line);
        write_figures("own", figures.own, out);
        write_figures("yours", figures.yours, out);
        write_figures("with_callees", figures.with_callees, out);
        out.end_object();
    }
    out.end_array().end_object();
}

}  // namespace alloclens::core
