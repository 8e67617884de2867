#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "call_tree.hpp"
#include "diff.hpp"
#include "frame_source.hpp"
#include "function_places.hpp"
#include "moved_lines.hpp"
#include "queries.hpp"
#include "rows.hpp"
#include "tree_writer.hpp"

namespace alloclens::core {

namespace {

std::uint64_t difference(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : b - a; }

/// A name of the file that is the same in both captures.
std::string portable_file(const Places& places, std::uint32_t file) { return places.origins().portable(places.file(file).path); }

struct DiffLine {
    const Places* places;  ///< of the capture that has the place; the later one if it does
    std::uint32_t place;
    Figures before, after;
};

/// The lines of an earlier run's files in the texts of a later one.
class LinesAfter {
  public:
    LinesAfter(const DiffSide& before, const DiffSide& after) : before_(before), after_(after) {
        const Places& places = after.view.places();
        for (std::uint32_t i = 1; i < places.files(); ++i) {
            if (places.file(i).origin == Origin::yours) files_.try_emplace(portable_file(places, i), i);
        }
    }

    /// 0: it is gone or changed. The same line where a text is not known.
    std::uint32_t of(std::uint32_t file, std::uint32_t line) {
        const auto [at, added] = lines_.try_emplace(file);
        if (added) at->second = lines_of_file(file);
        const std::vector<std::uint32_t>& lines = at->second;
        return lines.empty() ? line : line < lines.size() ? lines[line] : 0;
    }

  private:
    std::vector<std::uint32_t> lines_of_file(std::uint32_t file) const {
        const Places& places = before_.view.places();
        const auto later = files_.find(portable_file(places, file));
        if (places.file(file).origin != Origin::yours || later == files_.end()) return {};
        const auto before = before_.source(places.file(file).path), after = after_.source(after_.view.places().file(later->second).path);
        if (!before || !after) return {};
        return lines_after(*before, *after);
    }

    const DiffSide& before_;
    const DiffSide& after_;
    std::map<std::string, std::uint32_t> files_;  ///< of `after`
    std::map<std::uint32_t, std::vector<std::uint32_t>> lines_;
};

std::vector<DiffLine> diff_lines(const DiffSide& before, const DiffSide& after) {
    // With whether the line is gone: another stands at its number then.
    std::map<std::tuple<std::string, std::uint32_t, std::string, bool>, DiffLine> lines;
    LinesAfter lines_after(before, after);
    const auto add = [&](const View& view, Figures DiffLine::*side, const auto& line_of) {
        const Places& places = view.places();
        for (const LineOfCode& line : lines_of(view)) {
            const Places::Place& place = places.place(line.place);
            const std::uint32_t number = line_of(place);
            const bool gone = number == 0 && place.line != 0;
            DiffLine& row = lines[{portable_file(places, place.file), gone ? place.line : number, places.name(place.name), gone}];
            if (!row.places) row.places = &places, row.place = line.place;
            row.*side += line.own;
        }
    };
    add(after.view, &DiffLine::after, [](const Places::Place& place) { return place.line; });
    add(before.view, &DiffLine::before, [&](const Places::Place& place) { return place.line == 0 ? 0 : lines_after.of(place.file, place.line); });
    std::vector<DiffLine> rows;
    for (auto& [key, row] : lines) {
        if (!row.before.empty() || !row.after.empty()) rows.push_back(row);
    }
    return rows;
}

struct FunctionFigures {
    Figures own, with_callees;
};

struct DiffFunction {
    const Places* places;
    std::uint32_t function;
    FunctionFigures before, after;
};

/// Functions of one file with one name are told apart by their order, so that they are found again after an edit.
std::vector<DiffFunction> diff_functions(const View& before, const View& after) {
    std::map<std::tuple<std::string, std::string, std::uint32_t>, DiffFunction> functions;
    const auto add = [&](const View& view, FunctionFigures DiffFunction::*side) {
        const Places& places = view.places();
        std::vector<FunctionFigures> figures(places.functions());
        const auto function_of = [&places](std::uint32_t place) { return places.place(place).function; };
        for (std::uint32_t i = 1; i < view.stacks(); ++i) figures[function_of(view.place(i))].own += view.own(i);
        view.outermost(places.functions(), function_of, [&](std::uint32_t, std::uint32_t function, const Figures& sum) { figures[function].with_callees += sum; });
        std::vector<std::uint32_t> order;
        for (std::uint32_t i = 1; i < places.functions(); ++i) order.push_back(i);
        std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return places.function(a).first_line < places.function(b).first_line; });
        std::map<std::pair<std::string, std::string>, std::uint32_t> seen;
        for (const std::uint32_t i : order) {
            const Places::Function& function = places.function(i);
            const std::pair<std::string, std::string> name(portable_file(places, function.file), places.name(function.name));
            DiffFunction& row = functions[{name.first, name.second, seen[name]++}];
            if (!row.places) row.places = &places, row.function = i;
            row.*side = figures[i];
        }
    };
    add(after, &DiffFunction::after);
    add(before, &DiffFunction::before);
    std::vector<DiffFunction> rows;
    for (auto& [key, row] : functions) {
        if (!row.before.with_callees.empty() || !row.after.with_callees.empty()) rows.push_back(row);
    }
    return rows;
}

void write_both(const char* name, const FunctionFigures& figures, JsonWriter& out) {
    out.key(name).begin_object();
    write_figures("own", figures.own, out);
    write_figures("with_callees", figures.with_callees, out);
    out.end_object();
}

/// Two trees as one, whose frames are functions: lines move when code is edited.
class DiffSource {
  public:
    using Weight = DiffAmount;

    DiffSource(const FrameTree& now, const FrameTree& base)
        : now_(now), base_(base), offset_(static_cast<std::uint32_t>(now.nodes().size())) {
        names_.push_back(frame_name(now.places(), 0));
        now_places_ = numbers_of(now.places());
        base_places_ = numbers_of(base.places());
    }

    std::uint32_t place(std::uint32_t node) const { return in_base(node) ? base_places_[of(node).place] : now_places_[of(node).place]; }
    std::uint32_t parent(std::uint32_t node) const { return again(node, of(node).parent); }
    std::uint32_t first_child(std::uint32_t node) const { return again(node, of(node).first_child); }
    std::uint32_t next_sibling(std::uint32_t node) const { return again(node, of(node).next_sibling); }
    DiffAmount sum(std::uint32_t node) const { return on_side(node, of(node).sum); }
    std::uint32_t places() const { return static_cast<std::uint32_t>(names_.size()); }
    const FrameName& name_of_place(std::uint32_t place) const { return names_[place]; }

    void write_amounts(const DiffAmount& amount, const DiffAmount& own, JsonWriter& out) const {
        out.field("bytes", amount.now.bytes).field("allocations", amount.now.allocations).field("own_bytes", own.now.bytes);
        out.field("base_bytes", amount.base.bytes).field("base_allocations", amount.base.allocations);
    }

    using Item = CallTree<DiffSource>::Item;

    /// The outermost calls of functions, by place, with all that was asked for below them; or who called them.
    std::vector<Item> start_of(const std::vector<bool>& wanted, bool inverted) const {
        std::vector<Item> items;
        std::vector<bool> inside(offset_ + base_.nodes().size(), false);
        for (std::uint32_t i = 1; i < inside.size(); ++i) {
            if (i == offset_) continue;
            const bool here = wanted[place(i)], below = inside[parent(i)];
            inside[i] = here || below;
            if (here && !below) items.push_back({inverted ? parent(i) : i, sum(i)});
        }
        return items;
    }

    /// By place of both: where the function of the later capture is.
    std::vector<bool> places_of(const FunctionId& function) const {
        std::vector<bool> wanted(names_.size(), false);
        const std::vector<bool> inside = places_of_function(now_.places(), function);
        for (std::uint32_t i = 1; i < inside.size(); ++i) {
            if (inside[i]) wanted[now_places_[i]] = true;
        }
        return wanted;
    }

    std::vector<Item> start(bool inverted) const {
        std::vector<Item> items{{0, {now_[0].own, base_[0].own}}};
        const std::uint32_t count = offset_ + static_cast<std::uint32_t>(base_.nodes().size());
        for (std::uint32_t i = 1; i < count; ++i) {
            if (i == offset_) continue;  // the root of the other
            if (inverted) items.push_back({i, on_side(i, of(i).own)});
            else if (of(i).parent == 0) items.push_back({i, sum(i)});
        }
        return items;
    }

  private:
    bool in_base(std::uint32_t node) const { return node >= offset_; }
    const FrameTree::Node& of(std::uint32_t node) const { return in_base(node) ? base_[node - offset_] : now_[node]; }
    std::uint32_t again(std::uint32_t node, std::uint32_t other) const { return other != 0 && in_base(node) ? other + offset_ : other; }
    DiffAmount on_side(std::uint32_t node, const Amount& amount) const { return in_base(node) ? DiffAmount{{}, amount} : DiffAmount{amount, {}}; }

    std::vector<std::uint32_t> numbers_of(const Places& places) {
        std::vector<std::uint32_t> numbers(places.places(), 0);
        for (std::uint32_t i = 1; i < places.places(); ++i) {
            const Places::Place& place = places.place(i);
            const auto [at, added] = numbers_.try_emplace({portable_file(places, place.file), places.name(place.name)}, static_cast<std::uint32_t>(names_.size()));
            if (added) {
                names_.push_back(frame_name(places, i));
                names_.back().line = names_.back().first_line;
            }
            numbers[i] = at->second;
        }
        return numbers;
    }

    const FrameTree& now_;
    const FrameTree& base_;
    std::uint32_t offset_;
    std::map<std::pair<std::string, std::string>, std::uint32_t> numbers_;
    std::vector<FrameName> names_;
    std::vector<std::uint32_t> now_places_, base_places_;
};

}  // namespace

void answer_diff(const DiffSide& before, const DiffSide& after, Measure measure, std::size_t limit, JsonWriter& out) {
    out.begin_object().key("before");
    answer_summary(before.view, {}, out);
    out.key("after");
    answer_summary(after.view, {}, out);

    std::vector<DiffLine> lines = diff_lines(before, after);
    std::stable_sort(lines.begin(), lines.end(), [&](const DiffLine& a, const DiffLine& b) {
        return difference(a.before.of(measure).bytes, a.after.of(measure).bytes) > difference(b.before.of(measure).bytes, b.after.of(measure).bytes);
    });
    if (lines.size() > limit) {
        out.field("total_lines", lines.size());
        lines.resize(limit);
    }
    out.key("lines").begin_array();
    for (const DiffLine& line : lines) {
        out.begin_object();
        write_place(*line.places, line.place, out);
        write_figures("before", line.before, out);
        write_figures("after", line.after, out);
        out.end_object();
    }

    std::vector<DiffFunction> functions = diff_functions(before.view, after.view);
    const auto change = [&](const DiffFunction& row) {
        return difference(row.before.with_callees.of(measure).bytes, row.after.with_callees.of(measure).bytes);
    };
    std::stable_sort(functions.begin(), functions.end(), [&](const DiffFunction& a, const DiffFunction& b) { return change(a) > change(b); });
    out.end_array();
    if (functions.size() > limit) {
        out.field("total_functions", functions.size());
        functions.resize(limit);
    }
    out.key("functions").begin_array();
    for (const DiffFunction& row : functions) {
        const Places::Function& function = row.places->function(row.function);
        const Places::File& file = row.places->file(function.file);
        out.begin_object().field("file", file.path).field("function", row.places->name(function.name));
        out.field("first_line", function.first_line).field("origin", name_of(file.origin));
        write_both("before", row.before, out);
        write_both("after", row.after, out);
        out.end_object();
    }
    out.end_array().end_object();
}

void answer_diff_tree(const FrameTree& before, const FrameTree& after, const TreeQuery& query, JsonWriter& out) {
    const DiffSource source(after, before);
    const auto start = query.root ? source.start_of(source.places_of(*query.root), query.inverted) : source.start(query.inverted);
    const CallTree<DiffSource> tree(source, query.inverted ? Direction::callers : Direction::callees, start, query.max_nodes);
    out.begin_object().key("root");
    TreeWriter(source, tree, name_of_root(after.places(), query.root), out).write();
    out.field("total_bytes", after.total().bytes).field("total_allocations", after.total().allocations);
    out.field("base_bytes", before.total().bytes).field("base_allocations", before.total().allocations).end_object();
}

}  // namespace alloclens::core
