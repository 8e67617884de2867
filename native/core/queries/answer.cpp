#include "answer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>

#include "core/session.hpp"
#include "queries.hpp"

namespace alloclens::core {

namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& why) { throw Error("bad_query", "This question to a capture can't be answered: " + why + "."); }

std::string text(const Json& json, const char* key) {
    const auto at = json.find(key);
    if (at == json.end() || !at->is_string()) refuse(std::string("\"") + key + "\" must be a text");
    return at->get<std::string>();
}

std::uint32_t number(const Json& json, const char* key) {
    const auto at = json.find(key);
    if (at == json.end() || !at->is_number_unsigned()) refuse(std::string("\"") + key + "\" must be a number");
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(at->get<std::uint64_t>(), UINT32_MAX));
}

Measure measure(const Json& json) {
    const std::string name = text(json, "measure");
    if (name == "peak") return Measure::peak;
    if (name == "unfreed") return Measure::unfreed;
    if (name == "total") return Measure::total;
    refuse("there is no measure \"" + name + "\"");
}

bool has(const Json& json, const char* key) { return json.contains(key) && !json[key].is_null(); }

FunctionsQuery functions_query(const Json& json) {
    FunctionsQuery query;
    if (has(json, "file")) query.file = text(json, "file");
    if (has(json, "measure")) query.measure = measure(json);
    if (has(json, "limit")) query.limit = number(json, "limit");
    return query;
}

LineRange line_range(const Json& json) {
    if (!json.is_object()) refuse("a range of lines must be an object");
    return {number(json, "first_line"), number(json, "last_line")};
}

std::vector<LineRange> line_ranges(const Json& json) {
    if (!has(json, "ranges") || !json["ranges"].is_array()) refuse("\"ranges\" must be a list");
    std::vector<LineRange> ranges;
    for (const Json& range : json["ranges"]) ranges.push_back(line_range(range));
    return ranges;
}

TreeQuery tree_query(const Json& json) {
    TreeQuery query{measure(json), number(json, "max_nodes"), json.value("inverted", Json(false)) == Json(true), std::nullopt};
    if (has(json, "root")) {
        const Json& root = json["root"];
        if (!root.is_object()) refuse("\"root\" must be a function");
        query.root = FunctionId{text(root, "file"), text(root, "function"), number(root, "first_line"), std::nullopt};
        if (has(root, "last_line")) query.root->last_line = number(root, "last_line");
    }
    return query;
}

}  // namespace

std::string answer(std::string_view request, const View& view, Reader& reader) {
    const Json json = Json::parse(request, nullptr, false);
    if (!json.is_object()) refuse("it is no JSON object");
    const std::string kind = text(json, "query");
    JsonWriter out;
    if (kind == "summary") answer_summary(view, out);
    else if (kind == "lines") answer_lines(view, out);
    else if (kind == "file_lines") answer_file_lines(view, text(json, "file"), out);
    else if (kind == "expressions") answer_expressions(view, text(json, "file"), out);
    else if (kind == "line_ranges") answer_line_ranges(view, text(json, "file"), line_ranges(json), out);
    else if (kind == "functions") answer_functions(view, functions_query(json), out);
    else if (kind == "line_detail") {
        answer_line_detail(view, {text(json, "file"), number(json, "line"), measure(json), number(json, "limit")}, out);
    } else if (kind == "tree") answer_tree(view, tree_query(json), out);
    else if (kind == "timeline") answer_timeline(view, number(json, "points"), out);
    else if (kind == "files") answer_files(view, out);
    else if (kind == "source") {
        const SourceEntry* const source = find_source(view, text(json, "file"));
        answer_source(source, source && !source->left_out ? reader.source_text(*source) : std::nullopt, out);
    } else refuse("there is no query \"" + kind + "\"");
    return out.take();
}

void write_figures(const Figures& figures, JsonWriter& out) {
    out.field("peak_bytes", figures.peak.bytes).field("peak_allocations", figures.peak.allocations);
    out.field("unfreed_bytes", figures.unfreed.bytes).field("unfreed_allocations", figures.unfreed.allocations);
    out.field("total_bytes", figures.total.bytes).field("total_allocations", figures.total.allocations);
}

void write_figures(std::string_view name, const Figures& figures, JsonWriter& out) {
    out.key(name).begin_object();
    write_figures(figures, out);
    out.end_object();
}

void write_place(const Places& places, std::uint32_t number, JsonWriter& out) {
    if (number == 0) {
        out.field("file", nullptr).field("line", nullptr).field("function", nullptr);
    } else {
        const Places::Place& place = places.place(number);
        out.field("file", places.file(place.file).path).field("line", place.line).field("function", places.name(place.name));
    }
    out.field("origin", name_of(places.origin(number)));
}

bool place_before(const Places& places, std::uint32_t a, std::uint32_t b) {
    const auto key = [&places](std::uint32_t number) {
        const Places::Place& place = places.place(number);
        return std::tuple<const std::string&, const std::string&, std::uint32_t>(places.name(place.name), places.file(place.file).path,
                                                                                 place.line);
    };
    return key(a) < key(b);
}

}  // namespace alloclens::core
