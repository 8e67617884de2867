#include "answer.hpp"

#include <algorithm>
#include <optional>

#include "core/capture/health.hpp"
#include "core/capture/rewrite.hpp"
#include "core/exports/export.hpp"
#include "core/profile/subject_history.hpp"
#include "request.hpp"
#include "rows.hpp"

namespace alloclens::core {

namespace {

/// Equal parts of the run in which a leak must grow.
constexpr std::uint32_t kGenerations = 8;

std::uint32_t parts_of(std::uint32_t asked_for) { return std::clamp(asked_for, 1u, Division::kMostParts); }

SourceText sources_of(OpenCapture& capture) {
    return [&capture](const std::string& file) -> std::optional<std::string> {
        const SourceEntry* const source = find_source(capture.recording(), file);
        return source && !source->left_out ? capture.reader().source_text(*source) : std::nullopt;
    };
}

std::string answer(const Request& request, OpenCapture& capture, const Progress& progress) {
    const std::string kind = request.text("query");
    if (kind == "in_base") return answer(request.part("question"), capture.other(request.text("base"), progress), progress);
    const Scope scope = request.scope();
    const auto view = [&] { return capture.view(scope, progress); };
    const auto page = [&] { return Page{request.number("offset"), request.number("limit")}; };
    // Before a view is made, since that counts the places.
    const auto natives = [&]() -> const NativePlaces* {
        if (!request.flag("native")) return nullptr;
        capture.places_with_native();
        return &capture.native_places();
    };
    JsonWriter out;
    const auto rows = [&out](const char* name, auto&& write) {
        out.begin_object().key(name).begin_array();
        write();
        out.end_array().end_object();
    };
    if (kind == "summary") answer_summary(view(), capture.native_notes(), out);
    else if (kind == "lines") {
        const std::vector<LineOfCode>& lines = capture.lines(scope, request.flag("native"), progress);
        answer_lines(capture.places(), lines, request.measure_or(Measure::peak), request.limit(), out);
    } else if (kind == "hottest_line") answer_hottest_line(capture.places(), capture.lines(scope, false, progress), request.measure(), request.attribution("attribution"), out);
    else if (kind == "file_lines") answer_file_lines(view(), request.text("file"), out);
    else if (kind == "expressions") answer_expressions(view(), request.text("file"), out);
    else if (kind == "line_ranges") answer_line_ranges(view(), request.text("file"), request.line_ranges(), out);
    else if (kind == "functions") answer_functions(capture.places(), capture.functions(scope, progress), request.functions_query(), out);
    else if (kind == "line_detail") {
        answer_line_detail(view(), {request.text("file"), request.number("line"), request.measure(), request.number("limit")}, out);
    } else if (kind == "tree") {
        const TreeQuery query = request.tree_query();
        const Places& places = query.hide.native ? capture.places() : capture.places_with_native();
        answer_tree(capture.frame_tree(scope, frame_tree_options(places, query), progress), capture.program(), query, out);
    } else if (kind == "count_frames") {
        const FramesQuery query = request.frames_query();
        const Places& places = query.tree.hide.native ? capture.places() : capture.places_with_native();
        answer_count_frames(capture.frame_tree(scope, frame_tree_options(places, query.tree), progress), capture.program(), query, progress, out);
    } else if (kind == "timeline") {
        std::optional<SubjectHistory> narrowed;
        if (scope.narrows()) narrowed = capture.history(scope, stacks_of(PathSubject{}, view()), progress);
        const Timeline* const heap = narrowed ? &narrowed->bytes() : nullptr;
        answer_timeline(capture.recording(), capture.profile(scope.part, progress), heap, request.number("points"), out);
    } else if (kind == "threads") rows("threads", [&] { write_threads(view(), out); });
    else if (kind == "allocators") rows("allocators", [&] { write_allocators(view(), out); });
    else if (kind == "regions") rows("regions", [&] { write_regions(view(), out); });
    else if (kind == "sizes") {
        const View by_size = capture.view_divided(scope, 1, true, progress);
        rows("sizes", [&] { write_sizes(by_size, out); });
    } else if (kind == "modules") {
        std::vector<ModuleFigures> modules = modules_of(view(), request.measure_or(Measure::peak));
        const std::size_t total = modules.size();
        if (const auto limit = request.limit(); limit && total > *limit) modules.resize(*limit);
        out.begin_object();
        if (modules.size() < total) out.field("total", total);
        out.key("modules").begin_array();
        for (const ModuleFigures& module : modules) write_module(module, out);
        out.end_array().end_object();
    } else if (kind == "leaks") {
        const View generations = capture.view_divided(scope, request.number_or("parts", kGenerations), false, progress);
        const std::vector<Leak> leaks = leaks_of(generations);
        rows("leaks", [&] {
            for (std::size_t i = 0; i < std::min<std::size_t>(leaks.size(), request.number("limit")); ++i) {
                write_leak(capture.places(), leaks[i], out);
            }
        });
    } else if (kind == "unfreed") {
        const View generations = capture.view_divided(scope, request.number_or("parts", kGenerations), false, progress);
        answer_unfreed(generations, sources_of(capture), request.number("limit"), out);
    } else if (kind == "stats") {
        const NativePlaces* const wanted = natives();
        answer_stats(capture.view_divided(scope, kGenerations, true, progress), wanted, request.measure(), request.number("limit"), out);
    } else if (kind == "neighbours") {
        answer_neighbours(view(), request.function("function"), request.measure(), request.number("limit"), out);
    } else if (kind == "records") answer_records(capture.view_undivided(scope, progress), request.measure(), page(), out);
    else if (kind == "history") {
        const View here = view();
        const std::vector<bool> subject = stacks_of(request.subject(), here);
        answer_history(here, subject, capture.history(scope, subject, progress), request.number("points"), out);
    } else if (kind == "diff") {
        OpenCapture& base = capture.other(request.text("base"), progress);
        const View before = base.view(scope, progress), after = view();
        answer_diff({before, sources_of(base)}, {after, sources_of(capture)}, request.measure(), request.number_or("limit", UINT32_MAX), out);
    } else if (kind == "diff_tree") {
        OpenCapture& base = capture.other(request.text("base"), progress);
        const TreeQuery query = request.tree_query();
        const FrameTreeOptions options{query.measure, query.hide, false, false, {}};
        answer_diff_tree(base.frame_tree(scope, options, progress), capture.frame_tree(scope, options, progress), query, out);
    } else if (kind == "export") {
        const std::uint64_t bytes = export_to(request.text("to"), request.text("format"), capture.view_undivided(scope, progress), request.measure(), progress);
        out.begin_object().field("bytes", bytes).end_object();
    } else if (kind == "inspect") answer_inspect(examine(capture.reader().file()), view(), capture.reader().events(), out);
    else if (kind == "repair") {
        const std::uint64_t bytes = repair(capture.reader().file(), capture.recording(), capture.reader().events(), request.text("to"));
        out.begin_object().field("events", capture.recording().profile.events()).field("bytes", bytes).end_object();
    } else if (kind == "convert") {
        const std::uint64_t bytes = convert(capture.reader().file(), capture.recording(), capture.undivided(progress), request.text("to"));
        out.begin_object().field("events", capture.recording().profile.events()).field("bytes", bytes).end_object();
    } else if (kind == "stacks") answer_stacks(capture.program(), capture.places_with_native(), capture.native_places(), page(), out);
    else if (kind == "frames") answer_frames(capture.places_with_native(), page(), out);
    else if (kind == "moments") {
        capture.answer_moments(scope, request.number("max_nodes"), request.number("max_parts"), out, progress);
    } else if (kind == "files") answer_files(capture.places(), out);
    else if (kind == "source") {
        const std::string file = request.text("file");
        answer_source(find_source(capture.recording(), file), sources_of(capture)(file), out);
    } else refuse("there is no query \"" + kind + "\"");
    return out.take();
}

}  // namespace

Division division_for(std::string_view text) {
    if (text.empty()) return {};
    const Request request(text);
    const std::string kind = request.text("query");
    if (!request.scope().part.whole()) return {};
    if (kind == "sizes") return {1, true, false};
    if (kind == "stats") return {kGenerations, true, false};
    if (kind == "leaks" || kind == "unfreed") return {parts_of(request.number_or("parts", kGenerations)), false, false};
    if (kind == "moments") return {parts_of(request.number("max_parts")), true, true};
    return {};
}

std::string answer(std::string_view text, OpenCapture& capture, const Progress& progress) { return answer(Request(text), capture, progress); }

}  // namespace alloclens::core
