#include "request.hpp"

#include <algorithm>
#include <cmath>

#include "core/session.hpp"

namespace alloclens::core {

namespace {

using Json = nlohmann::json;

/// Far more allocations than one would call temporary; each thread remembers as many.
constexpr std::uint32_t kMaxThreshold = 1'000'000;

constexpr std::string_view kScope[] = {"from_s", "to_s", "threads", "allocators", "include", "exclude", "temporary_threshold", "regions"};

template <class Names>
std::string listed(const Names& names) {
    std::string text;
    for (const auto& name : names) (text += text.empty() ? "" : ", ") += name;
    return text;
}

/// A mistyped one would be an answer about nothing.
std::vector<std::string> known_allocators(std::vector<std::string> names) {
    const std::vector<std::string> known = allocator_names();
    for (const std::string& name : names) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            throw Error("unknown_name", "There is no allocator " + name + ". There are " + listed(known) + ".");
        }
    }
    return names;
}

std::string quoted(const char* key) { return std::string("\"") + key + "\""; }

Hidden hidden_frames(const std::vector<std::string>& names) {
    Hidden hidden;
    for (const std::string& name : names) {
        if (name == "imports") hidden.imports = true;
        else if (name == "pass_through") hidden.pass_through = true;
        else if (name == "standard_library") hidden.standard_library = true;
        else if (name == "package") hidden.package = true;
        else if (name == "native") hidden.native = true;
        else refuse("there are no frames \"" + name + "\" to hide");
    }
    return hidden;
}

}  // namespace

void refuse(const std::string& why) { throw Error("bad_query", "This question to a capture can't be answered: " + why + "."); }

Request::Request(std::string_view json) : Request(Json::parse(json, nullptr, false)) {}

Request::Request(Json json) : json_(std::move(json)) {
    if (!json_.is_object()) refuse("it is no JSON object");
}

bool Request::has(const char* key) const {
    const auto at = json_.find(key);
    return at != json_.end() && !at->is_null();
}

std::string Request::text(const char* key) const {
    if (!has(key) || !json_[key].is_string()) refuse(quoted(key) + " must be a text");
    return json_[key].get<std::string>();
}

std::uint32_t Request::number(const char* key) const {
    if (!has(key) || !json_[key].is_number_unsigned()) refuse(quoted(key) + " must be a number");
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(json_[key].get<std::uint64_t>(), UINT32_MAX));
}

bool Request::flag(const char* key) const {
    if (!has(key)) return false;
    if (!json_[key].is_boolean()) refuse(quoted(key) + " must be true or false");
    return json_[key].get<bool>();
}

std::vector<std::string> Request::texts(const char* key) const {
    std::vector<std::string> texts;
    if (!has(key)) return texts;
    if (!json_[key].is_array()) refuse(quoted(key) + " must be a list");
    for (const Json& item : json_[key]) {
        if (!item.is_string()) refuse(quoted(key) + " must be a list of texts");
        texts.push_back(item.get<std::string>());
    }
    return texts;
}

std::vector<std::uint32_t> Request::numbers(const char* key) const {
    if (!has(key) || !json_[key].is_array()) refuse(quoted(key) + " must be a list");
    std::vector<std::uint32_t> numbers;
    for (const Json& item : json_[key]) {
        if (!item.is_number_unsigned() || item.get<std::uint64_t>() > UINT32_MAX) refuse(quoted(key) + " must be a list of numbers");
        numbers.push_back(item.get<std::uint32_t>());
    }
    return numbers;
}

Request Request::part(const char* key) const {
    if (!has(key)) refuse(quoted(key) + " must be an object");
    return Request(json_[key]);
}

std::vector<Request> Request::parts(const char* key) const {
    if (!has(key) || !json_[key].is_array()) refuse(quoted(key) + " must be a list");
    std::vector<Request> parts;
    for (const Json& item : json_[key]) parts.push_back(Request(item));
    return parts;
}

Measure Request::measure() const {
    const std::string name = text("measure");
    if (name == "peak") return Measure::peak;
    if (name == "unfreed") return Measure::unfreed;
    if (name == "total") return Measure::total;
    if (name == "temporary") return Measure::temporary;
    refuse("there is no measure \"" + name + "\"");
}

Attribution Request::attribution(const char* key) const {
    const std::string name = text(key);
    if (name == "own") return Attribution::own;
    if (name == "yours") return Attribution::yours;
    if (name == "with_callees") return Attribution::with_callees;
    refuse("there is no attribution \"" + name + "\"");
}

std::optional<std::uint64_t> Request::microseconds(const char* key) const {
    if (!has(key)) return std::nullopt;
    if (!json_[key].is_number()) refuse(quoted(key) + " must be a number of seconds");
    const double seconds = json_[key].get<double>();
    if (!(seconds >= 0) || seconds > 1e12) refuse(quoted(key) + " must be seconds since the start");
    return static_cast<std::uint64_t>(std::llround(seconds * 1e6));
}

Scope Request::scope() const {
    Scope scope;
    if (!has("scope")) return scope;
    const Request asked = part("scope");
    for (const auto& [name, value] : asked.json_.items()) {
        if (std::find(std::begin(kScope), std::end(kScope), name) == std::end(kScope)) {
            refuse("a scope has no \"" + name + "\". It has " + listed(kScope));
        }
    }
    scope.part.from_us = asked.microseconds("from_s").value_or(0);
    scope.part.to_us = asked.microseconds("to_s").value_or(Part::kNoEnd);
    if (scope.part.to_us <= scope.part.from_us) refuse("the range ends before it begins");
    scope.part.temporary_threshold = asked.number_or("temporary_threshold", 1);
    if (scope.part.temporary_threshold == 0 || scope.part.temporary_threshold > kMaxThreshold) {
        refuse("\"temporary_threshold\" must be from 1 to " + std::to_string(kMaxThreshold));
    }
    if (asked.has("threads")) scope.threads = asked.numbers("threads");
    if (asked.has("allocators")) scope.allocators = known_allocators(asked.texts("allocators"));
    if (asked.has("regions")) scope.regions = asked.texts("regions");
    scope.include = asked.texts("include");
    scope.exclude = asked.texts("exclude");
    return scope;
}

FunctionId Request::function(const char* key) const {
    const Request function = part(key);
    FunctionId id{function.text("file"), function.text("function"), function.number("first_line"), std::nullopt};
    if (function.has("last_line")) id.last_line = function.number("last_line");
    return id;
}

FunctionsQuery Request::functions_query() const {
    FunctionsQuery query;
    if (has("file")) query.file = text("file");
    query.measure = measure_or(query.measure);
    query.limit = limit();
    return query;
}

TreeQuery Request::tree_query() const {
    TreeQuery query{measure(), number("max_nodes"), flag("inverted"), std::nullopt, hidden_frames(texts("hide")), flag("split_threads"),
                    flag("interpreter")};
    if (has("root")) query.root = function("root");
    return query;
}

FramesQuery Request::frames_query() const {
    FramesQuery query{tree_query(), numbers("places"), {}, {}};
    if (has("threads")) query.threads = numbers("threads");
    for (const Request& term : parts("amounts")) query.amounts.push_back(term.amount_term());
    return query;
}

AmountTerm Request::amount_term() const {
    using Field = AmountTerm::Field;
    using Comparison = AmountTerm::Comparison;
    const auto one_of = [this]<class Value>(const char* key, std::initializer_list<std::pair<const char*, Value>> known) {
        const std::string name = text(key);
        for (const auto& [each, value] : known) {
            if (name == each) return value;
        }
        refuse("there is no " + std::string(key) + " \"" + name + "\"");
    };
    if (!has("value") || !json_["value"].is_number()) refuse("\"value\" must be a number");
    return {one_of("field", {std::pair{"bytes", Field::bytes}, {"own", Field::own}, {"allocations", Field::allocations}, {"share", Field::share}}),
            one_of("comparison", {std::pair{">", Comparison::more}, {">=", Comparison::at_least}, {"<", Comparison::less}, {"<=", Comparison::at_most},
                                  {"=", Comparison::equal}}),
            json_["value"].get<double>(), flag("negated")};
}

Subject Request::subject() const {
    const Request subject = part("subject");
    if (subject.has("path")) {
        PathSubject path;
        for (const Request& frame : subject.parts("path")) {
            path.frames.push_back({frame.has("file") ? std::optional(frame.text("file")) : std::nullopt,
                                   frame.has("line") ? std::optional(frame.number("line")) : std::nullopt, frame.text("function")});
        }
        return path;
    }
    if (subject.has("function")) return function("subject");
    return LineSubject{subject.text("file"), subject.number("line"), subject.attribution("attribution")};
}

std::vector<LineRange> Request::line_ranges() const {
    std::vector<LineRange> ranges;
    for (const Request& range : parts("ranges")) ranges.push_back({range.number("first_line"), range.number("last_line")});
    return ranges;
}

}  // namespace alloclens::core
