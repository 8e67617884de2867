#include <string_view>
#include <vector>

#include "frame_source.hpp"
#include "function_places.hpp"
#include "queries.hpp"

namespace alloclens::core {

namespace {

TreeStart start_of_all(const FrameTree& tree, const FrameSource& source, bool inverted) {
    TreeStart start;
    start.items.push_back({0, tree[0].own});
    if (!inverted) {
        for (std::uint32_t i = tree[0].first_child; i != 0; i = tree[i].next_sibling) start.items.push_back({i, tree[i].sum});
        return start;
    }
    const bool split = tree.options().split_threads;
    if (split) start.items.clear();
    std::uint32_t thread = 0;  // nodes come thread by thread
    for (std::uint32_t i = 1; i < tree.nodes().size(); ++i) {
        if (tree.is_thread(i)) thread = source.place(i);
        start.items.push_back({tree.is_thread(i) ? 0 : i, tree[i].own});
        if (split) start.threads.push_back(thread);
    }
    return start;
}

/// The outermost calls of a function, with all that was asked for below them; or who called it.
TreeStart start_of_function(const FrameTree& tree, const FrameSource& source, bool inverted, const std::vector<bool>& of_function) {
    TreeStart start;
    std::vector<bool> inside(tree.nodes().size(), false);
    std::uint32_t thread = 0;
    for (std::uint32_t i = 1; i < tree.nodes().size(); ++i) {
        if (tree.is_thread(i)) thread = source.place(i);
        const bool here = !tree.is_thread(i) && of_function[source.place(i)];
        inside[i] = here || inside[tree[i].parent];
        if (!here || inside[tree[i].parent]) continue;
        start.items.push_back({inverted ? source.parent(i) : i, tree[i].sum});
        if (tree.options().split_threads) start.threads.push_back(thread);
    }
    return start;
}

}  // namespace

FrameTreeOptions frame_tree_options(const Places& places, const TreeQuery& query) {
    return {query.measure, query.hide, query.split_threads, query.interpreter, query.root ? places_of_function(places, *query.root) : std::vector<bool>()};
}

TreeStart start_of(const FrameTree& tree, const FrameSource& source, const TreeQuery& query) {
    return query.root ? start_of_function(tree, source, query.inverted, places_of_function(tree.places(), *query.root))
                      : start_of_all(tree, source, query.inverted);
}

void answer_tree(const FrameTree& tree, const Program& program, const TreeQuery& query, JsonWriter& out) {
    const FrameSource source(tree, program);
    const TreeStart start = start_of(tree, source, query);
    const CallTree<FrameSource> shown(source, direction_of(query), start.items, query.max_nodes, start.threads);
    out.begin_object().key("root");
    TreeWriter(source, shown, name_of_root(tree.places(), query.root), out).write();
    out.field("total_bytes", tree.total().bytes).field("total_allocations", tree.total().allocations);
    if (query.hide.imports) out.field("hidden_bytes", tree.hidden().bytes).field("hidden_allocations", tree.hidden().allocations);
    out.end_object();
}

FrameName name_of_root(const Places& places, const std::optional<FunctionId>& root) {
    FrameName name;
    name.name = "All memory";
    if (!root) return name;
    name.name = root->name;
    if (const std::uint32_t file = places.find_file(root->file)) {
        name.file = places.file(file).path;
        name.line = name.first_line = root->first_line;
        name.origin = places.file(file).origin;
    }
    return name;
}

FrameName frame_name(const Places& places, std::uint32_t number) {
    FrameName name;
    name.name = "(unknown)";
    if (number == 0) return name;
    const Places::Place& place = places.place(number);
    name.name = places.name(place.name);
    if (place.file) name.file = places.file(place.file).path;
    if (place.line) name.line = place.line;
    if (places.first_line(number)) name.first_line = places.first_line(number);
    name.origin = places.origin(number);
    return name;
}

FrameSource::FrameSource(const FrameTree& tree, const Program& program) : tree_(tree) {
    for (std::uint32_t i = 0; i < program.threads.size(); ++i) thread_names_.push_back(thread_name(program, i));
}

FrameName FrameSource::name_of_place(std::uint32_t place) const {
    if (place < tree_.first_thread()) return frame_name(tree_.places(), place);
    FrameName name;
    name.thread = place - tree_.first_thread();
    name.name = thread_names_[*name.thread];
    return name;
}

void FrameSource::write_amounts(const Amount& amount, const Amount& own, JsonWriter& out) const {
    out.field("bytes", amount.bytes).field("allocations", amount.allocations).field("own_bytes", own.bytes);
}

}  // namespace alloclens::core
