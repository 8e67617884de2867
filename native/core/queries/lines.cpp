#include <algorithm>
#include <unordered_map>
#include <utility>

#include "queries.hpp"
#include "rows.hpp"

namespace alloclens::core {

namespace {

/// The interpreter's frames stand for the Python line that they execute, and the C library's begin threads.
bool has_line(const NativePlaces::Frame& native, const StackFrame& frame) {
    return !native.interpreter && !(native.c_library && frame.code == 0);
}

/// The line that asked for a stack's memory.
std::uint32_t own_place(const View& view, const NativePlaces& natives, std::uint32_t stack) {
    const Program& program = view.program();
    for (; program.frame(stack).native; stack = program.stacks[stack].parent) {
        const NativePlaces::Frame& native = natives.frame(program.frame(stack).native);
        if (has_line(native, program.frame(stack))) return native.places.back();
    }
    return view.place(stack);
}

}  // namespace

std::vector<LineOfCode> lines_of(const View& view, const NativePlaces* natives) {
    const Places& places = view.places();
    const Program& program = view.program();
    std::vector<LineOfCode> rows(places.places());
    const std::vector<std::uint32_t> yours = view.innermost_of_yours();
    for (std::uint32_t i = 0; i < view.stacks(); ++i) {
        const Figures own = view.own(i);
        rows[natives ? own_place(view, *natives, i) : view.place(i)].own += own;
        rows[yours[i]].yours += own;
    }
    const auto places_of = [&](std::uint32_t stack, auto&& has) {
        const std::uint32_t native = program.frame(stack).native;
        if (native == 0) return has(view.place(stack));
        if (!natives || !has_line(natives->frame(native), program.frame(stack))) return;
        for (const std::uint32_t place : natives->frame(native).places) has(place);
    };
    view.outermost_keys(places.places(), places_of,
                        [&](std::uint32_t, std::uint32_t place, const Figures& sum) { rows[place].with_callees += sum; });
    rows[0].with_callees = rows[0].own;

    std::vector<LineOfCode> shown;
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
        rows[i].place = i;
        if (i == 0 || !rows[i].with_callees.empty()) shown.push_back(rows[i]);
    }
    return shown;
}

void write_line(const Places& places, const LineOfCode& line, JsonWriter& out) {
    out.begin_object();
    write_place(places, line.place, out);
    write_figures(line.own, out);
    write_figures("yours", line.yours, out);
    write_figures("with_callees", line.with_callees, out);
    out.end_object();
}

void answer_hottest_line(const Places& places, const std::vector<LineOfCode>& all, Measure measure, Attribution attribution, JsonWriter& out) {
    std::unordered_map<std::uint64_t, std::uint64_t> lines;
    std::uint64_t hottest = 0;
    for (const LineOfCode& line : all) {
        const Places::Place& place = places.place(line.place);
        if (place.file == 0 || place.line == 0) continue;
        const Figures& figures = attribution == Attribution::own ? line.own : attribution == Attribution::yours ? line.yours : line.with_callees;
        const std::uint64_t bytes = figures.of(measure).bytes;
        std::uint64_t& sum = lines[std::uint64_t{place.file} << 32 | place.line];
        // Callees of one function on a line may be those of another.
        sum = attribution == Attribution::with_callees ? std::max(sum, bytes) : sum + bytes;
        hottest = std::max(hottest, sum);
    }
    out.begin_object().field("bytes", hottest).end_object();
}

void answer_lines(const Places& places, std::vector<LineOfCode> lines, Measure measure, std::optional<std::size_t> limit, JsonWriter& out) {
    const std::size_t total = lines.size();
    if (limit && total > *limit) {
        const auto hotter = [&](const LineOfCode& a, const LineOfCode& b) {
            const std::uint64_t left = a.with_callees.of(measure).bytes, right = b.with_callees.of(measure).bytes;
            return left != right ? left > right : place_before(places, a.place, b.place);
        };
        std::nth_element(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(*limit), lines.end(), hotter);
        lines.resize(*limit);
    }
    std::sort(lines.begin(), lines.end(), [&](const LineOfCode& a, const LineOfCode& b) {
        if (a.own.peak.bytes != b.own.peak.bytes) return a.own.peak.bytes > b.own.peak.bytes;
        if (a.own.total.bytes != b.own.total.bytes) return a.own.total.bytes > b.own.total.bytes;
        return place_before(places, a.place, b.place);
    });
    out.begin_object();
    if (lines.size() < total) out.field("total", total);
    out.key("rows").begin_array();
    for (const LineOfCode& line : lines) write_line(places, line, out);
    out.end_array().end_object();
}

}  // namespace alloclens::core
