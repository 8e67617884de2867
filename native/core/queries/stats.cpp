#include <algorithm>

#include "queries.hpp"
#include "rows.hpp"

namespace alloclens::core {

namespace {

template <class Row, class Write>
void write_rows(const char* name, const std::vector<Row>& rows, std::size_t limit, JsonWriter& out, Write&& write) {
    out.key(name).begin_array();
    for (std::size_t i = 0; i < std::min(rows.size(), limit); ++i) write(rows[i]);
    out.end_array();
}

template <class Of>
void write_top(const char* name, const Places& places, std::vector<LineOfCode> lines, std::size_t limit, JsonWriter& out, Of&& of) {
    std::erase_if(lines, [&](const LineOfCode& line) { return of(line) == 0; });
    std::sort(lines.begin(), lines.end(), [&](const LineOfCode& a, const LineOfCode& b) {
        return of(a) != of(b) ? of(a) > of(b) : place_before(places, a.place, b.place);
    });
    write_rows(name, lines, limit, out, [&](const LineOfCode& line) { write_line(places, line, out); });
}

}  // namespace

void answer_stats(const View& view, const NativePlaces* natives, Measure measure, std::size_t limit, JsonWriter& out) {
    const Places& places = view.places();
    const Profile& profile = view.profile();
    const Figures& total = view.total();
    const auto seconds = [](std::uint64_t us) { return static_cast<double>(us) / 1e6; };
    const PeakRss rss = peak_rss(view);

    out.begin_object();
    write_figures(total, out);
    out.field("duration_s", duration_s(view.recording()));
    out.field("peak_time_s", seconds(profile.peak_time_us()));
    out.field("peak_rss_bytes", rss.bytes).field("peak_rss_time_s", seconds(rss.time_us));
    out.field("temporary_share", total.total.allocations ? static_cast<double>(total.temporary.allocations) / static_cast<double>(total.total.allocations) : 0.0);
    out.key("sizes").begin_array();
    write_sizes(view, out);
    out.end_array().key("allocators").begin_array();
    write_allocators(view, out);
    out.end_array().key("threads").begin_array();
    write_threads(view, out);
    out.end_array().key("regions").begin_array();
    write_regions(view, out);
    out.end_array();
    const std::vector<LineOfCode> lines = lines_of(view, natives);
    write_top("top_by_size", places, lines, limit, out, [&](const LineOfCode& line) { return line.own.of(measure).bytes; });
    write_top("top_by_count", places, lines, limit, out, [&](const LineOfCode& line) { return line.own.of(measure).allocations; });
    write_rows("top_modules", modules_of(view, measure), limit, out, [&](const ModuleFigures& module) { write_module(module, out); });
    write_rows("leaks", leaks_of(view), limit, out, [&](const Leak& leak) { write_leak(places, leak, out); });
    out.end_object();
}

}  // namespace alloclens::core
