#include <algorithm>
#include <string_view>
#include <vector>

#include "call_tree.hpp"
#include "queries.hpp"

namespace alloclens::core {

namespace {

using Item = CallTree::Item;

/// Number of the function, or 0.
std::uint32_t find_function(const Places& places, const FunctionId& id) {
    for (std::uint32_t i = 1; i < places.functions(); ++i) {
        const Places::Function& function = places.function(i);
        if (function.first_line == id.first_line && places.name(function.name) == id.name && places.file(function.file).path == id.file) {
            return i;
        }
    }
    return 0;
}

/// By place: 1 for those whose calls the tree is of.
std::vector<std::uint32_t> places_of(const Places& places, const FunctionId& root) {
    std::vector<std::uint32_t> inside(places.places(), 0);
    const std::uint32_t file = places.find_file(root.file);
    const std::uint32_t function = root.last_line ? 0 : find_function(places, root);
    for (std::uint32_t i = 1; i < places.places(); ++i) {
        const Places::Place& place = places.place(i);
        inside[i] = root.last_line ? place.file == file && root.first_line <= place.line && place.line <= *root.last_line
                                   : place.function == function && function != 0;
    }
    return inside;
}

/// The outermost calls at places that are marked, each with all that was asked for below it.
std::vector<Item> calls_of(const View& view, const std::vector<std::uint32_t>& inside, Measure measure) {
    std::vector<Item> calls;
    view.outermost(2, [&](std::uint32_t place) { return inside[place]; },
                   [&](std::uint32_t stack, std::uint32_t) { calls.push_back({stack, view.with_callees(stack).of(measure)}); });
    return calls;
}

CallTree whole_tree(const View& view, const TreeQuery& query) {
    std::vector<Item> roots;
    const Amount native = view.own(0).of(query.measure);
    if (query.inverted) {
        for (std::uint32_t i = 1; i < view.stacks(); ++i) roots.push_back({i, view.own(i).of(query.measure)});
        return {view, query.measure, CallTree::Direction::callers, std::move(roots), native, query.max_nodes};
    }
    for (std::uint32_t i = view.first_child(0); i != 0; i = view.next_sibling(i)) {
        roots.push_back({i, view.with_callees(i).of(query.measure)});
    }
    return {view, query.measure, CallTree::Direction::callees, std::move(roots), native, query.max_nodes};
}

/// Below the function come the lines that it executed, or its callers.
CallTree function_tree(const View& view, const TreeQuery& query) {
    std::vector<Item> calls = calls_of(view, places_of(view.places(), *query.root), query.measure);
    if (!query.inverted) return {view, query.measure, CallTree::Direction::callees, std::move(calls), {}, query.max_nodes};
    Amount from_nowhere;
    std::vector<Item> callers;
    for (const Item& call : calls) {
        if (const std::uint32_t caller = view.parent(call.stack)) {
            callers.push_back({caller, call.amount});
        } else {
            from_nowhere += call.amount;
        }
    }
    return {view, query.measure, CallTree::Direction::callers, std::move(callers), from_nowhere, query.max_nodes};
}

class TreeWriter {
  public:
    TreeWriter(const Places& places, const CallTree& tree, const std::optional<FunctionId>& root, JsonWriter& out)
        : places_(places), tree_(tree), root_(root), out_(out) {}

    /// A tree may be as deep as it has nodes, so this goes without recursion.
    void write() {
        struct Open {
            std::uint32_t node;
            std::vector<std::uint32_t> children;
            std::size_t next = 0;
        };
        std::vector<Open> path{{0, begin(0)}};
        while (!path.empty()) {
            Open& top = path.back();
            if (top.next < top.children.size()) {
                const std::uint32_t child = top.children[top.next++];
                path.push_back({child, begin(child)});
                continue;
            }
            end(tree_.node(top.node));
            path.pop_back();
        }
    }

  private:
    std::vector<std::uint32_t> begin(std::uint32_t number) {
        const CallTree::Node& node = tree_.node(number);
        out_.begin_object().field("id", next_id_++);
        if (number == 0) {
            write_root();
        } else {
            const Places::Place& place = places_.place(node.place);
            const bool known = node.place != 0;
            out_.field("name", known ? std::string_view(places_.name(place.name)) : "(unknown)");
            write_position(known ? place.file : 0, place.line, places_.first_line(node.place));
        }
        write_amounts(node.amount, node.own);
        out_.key("children").begin_array();
        std::vector<std::uint32_t> children = node.children;
        std::sort(children.begin(), children.end(), [this](std::uint32_t a, std::uint32_t b) {
            if (tree_.node(a).amount.bytes != tree_.node(b).amount.bytes) return tree_.node(a).amount.bytes > tree_.node(b).amount.bytes;
            return place_before(places_, tree_.node(a).place, tree_.node(b).place);
        });
        return children;
    }

    void end(const CallTree::Node& node) {
        if (node.folded) {
            out_.begin_object().field("id", next_id_++).field("name", "other");
            write_position(0, 0, 0);
            write_amounts(node.folded_amount, node.folded_amount);
            out_.field("folded", node.folded).key("children").begin_array().end_array().end_object();
        }
        out_.end_array().end_object();
    }

    void write_root() {
        out_.field("name", root_ ? std::string_view(root_->name) : "All memory");
        write_position(root_ ? places_.find_file(root_->file) : 0, root_ ? root_->first_line : 0, root_ ? root_->first_line : 0);
    }

    void write_position(std::uint32_t file, std::uint32_t line, std::uint32_t first_line) {
        const auto known = [file](const auto& value) { return file ? std::optional(value) : std::nullopt; };
        out_.field("file", known(std::string_view(places_.file(file).path)));
        out_.field("line", known(line)).field("first_line", known(first_line)).field("origin", name_of(places_.file(file).origin));
    }

    void write_amounts(const Amount& amount, const Amount& own) {
        out_.field("bytes", amount.bytes).field("allocations", amount.allocations).field("own_bytes", own.bytes);
    }

    const Places& places_;
    const CallTree& tree_;
    const std::optional<FunctionId>& root_;
    JsonWriter& out_;
    std::uint32_t next_id_ = 0;
};

}  // namespace

void answer_tree(const View& view, const TreeQuery& query, JsonWriter& out) {
    const CallTree tree = query.root ? function_tree(view, query) : whole_tree(view, query);
    const Amount total = view.total().of(query.measure);
    out.begin_object().key("root");
    TreeWriter(view.places(), tree, query.root, out).write();
    out.field("total_bytes", total.bytes).field("total_allocations", total.allocations).end_object();
}

}  // namespace alloclens::core
