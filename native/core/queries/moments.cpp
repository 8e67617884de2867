#include "moments.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "queries.hpp"

namespace alloclens::core {

namespace {

constexpr std::size_t kAccounts = 4'000'000;

using Node = MomentTree::Node;

template <class Rows, class Value>
void write_column(std::string_view name, const Rows& rows, Value&& value, JsonWriter& out) {
    out.key(name).begin_array();
    for (const auto& row : rows) out.value(value(row));
    out.end_array();
}

void write_changes(std::string_view name, std::vector<MomentChange> changes, bool with_made, JsonWriter& out) {
    const auto key = [](const MomentChange& change) { return std::tie(change.node, change.made, change.part); };
    std::sort(changes.begin(), changes.end(), [&](const MomentChange& a, const MomentChange& b) { return key(a) < key(b); });
    // Those of several accounts of a node are one.
    std::size_t kept = 0;
    for (std::size_t i = 0; i < changes.size();) {
        MomentChange sum = changes[i];
        for (++i; i < changes.size() && key(changes[i]) == key(sum); ++i) sum.bytes += changes[i].bytes, sum.allocations += changes[i].allocations;
        if (sum.bytes != 0 || sum.allocations != 0) changes[kept++] = sum;
    }
    changes.resize(kept);
    out.key(name).begin_object();
    write_column("node", changes, [](const MomentChange& change) { return change.node; }, out);
    if (with_made) write_column("made", changes, [](const MomentChange& change) { return change.made; }, out);
    write_column("part", changes, [](const MomentChange& change) { return change.part; }, out);
    write_column("bytes", changes, [](const MomentChange& change) { return change.bytes; }, out);
    write_column("allocations", changes, [](const MomentChange& change) { return change.allocations; }, out);
    out.end_object();
}

/// Places that nodes have, numbered anew, and their texts.
void write_places(const View& view, const std::vector<Node>& nodes, JsonWriter& out) {
    const Places& places = view.places();
    std::unordered_map<std::uint32_t, std::uint32_t> number_of;
    std::vector<std::uint32_t> used{0};
    number_of.emplace(0, 0);
    for (const Node& node : nodes) {
        if (number_of.try_emplace(node.place, static_cast<std::uint32_t>(used.size())).second) used.push_back(node.place);
    }
    write_column("place", nodes, [&](const Node& node) { return number_of[node.place]; }, out);

    std::vector<std::string> strings;
    std::unordered_map<std::string, std::uint32_t> number_of_string;
    const auto number = [&](const std::string& text) {
        const auto [at, is_new] = number_of_string.try_emplace(text, static_cast<std::uint32_t>(strings.size()));
        if (is_new) strings.push_back(text);
        return static_cast<std::int64_t>(at->second);
    };
    const auto name = [&](std::uint32_t place) { return place == 0 ? std::string("(no Python line)") : places.name(places.place(place).name); };
    out.key("places").begin_object();
    write_column("file", used, [&](std::uint32_t place) { return place == 0 ? -1 : number(places.file(places.place(place).file).path); }, out);
    write_column("function", used, [&](std::uint32_t place) { return number(name(place)); }, out);
    write_column("line", used, [&](std::uint32_t place) { return place == 0 ? 0 : places.place(place).line; }, out);
    write_column("first_line", used, [&](std::uint32_t place) { return place == 0 ? 0 : places.first_line(place); }, out);
    write_column("origin", used, [&](std::uint32_t place) { return static_cast<int>(places.origin(place)); }, out);
    out.end_object();
    write_column("strings", strings, [](const std::string& text) { return std::string_view(text); }, out);
}

}  // namespace

std::uint32_t moment_parts(std::uint32_t most, std::uint32_t stacks) {
    return std::clamp<std::uint32_t>(static_cast<std::uint32_t>(kAccounts / (stacks + 1)), std::min(most, 4u), std::max(most, 1u));
}

void answer_moments(const View& view, const MomentTree& tree, const MomentChanges& moments, std::uint64_t end_us, JsonWriter& out) {
    const std::vector<Node>& nodes = tree.nodes();
    const std::size_t parts = moments.peaks.size();
    out.begin_object().key("times").begin_array();
    for (std::size_t i = 0; i < parts; ++i) out.value(1e-6 * static_cast<double>(end_us / parts * i));
    out.value(1e-6 * static_cast<double>(end_us)).end_array();
    write_column("peaks", moments.peaks, [](std::uint64_t bytes) { return bytes; }, out);
    out.key("threads").begin_array();
    const Program& program = view.program();
    for (std::uint32_t id = 0; id < program.threads.size(); ++id) {
        out.begin_object().field("id", id).field("kernel_id", program.threads[id].kernel_id).field("name", thread_name(program, id)).end_object();
    }
    out.end_array();
    write_column("parent", nodes, [](const Node& node) { return node.parent; }, out);
    write_column("thread", nodes, [](const Node& node) { return node.thread; }, out);
    write_column("folded", nodes, [](const Node& node) { return node.folded; }, out);
    write_places(view, nodes, out);
    write_changes("total", moments.total, false, out);
    write_changes("temporary", moments.temporary, false, out);
    write_changes("peak", moments.at_peak, false, out);
    write_changes("live", moments.at_end, true, out);
    out.end_object();
}

}  // namespace alloclens::core
