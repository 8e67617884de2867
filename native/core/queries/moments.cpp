#include "moments.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "queries.hpp"

namespace alloclens::core {

namespace {

constexpr std::uint32_t kDropped = UINT32_MAX;
constexpr std::size_t kAccounts = 4'000'000;

struct Node {
    std::uint32_t parent;
    std::uint32_t thread;
    std::uint32_t place;
    std::uint32_t folded = 0;
    double weight = 0;  ///< with callees: share of the total, and of the highest heap
};

/// Frames by thread and place, parents first; node 0 is the root.
class MomentTree {
  public:
    explicit MomentTree(const View& view) : view_(view), nodes_{{0, 0, 0, 0, 0}} {}

    std::uint32_t node_of(std::uint32_t stack, std::uint32_t thread) {
        std::vector<std::uint32_t> way;
        std::uint32_t at = stack, node = 0;
        for (; at != 0; at = view_.parent(at)) {
            const auto known = of_stack_.find(key(thread, at));
            if (known != of_stack_.end()) {
                node = known->second;
                break;
            }
            way.push_back(at);
        }
        // Memory without Python frames is a place too, so that it can be told by thread.
        if (stack == 0) return child(0, thread, 0);
        while (!way.empty()) {
            node = child(node, thread, view_.place(way.back()));
            of_stack_.emplace(key(thread, way.back()), node);
            way.pop_back();
        }
        return node;
    }

    void add_weight(std::uint32_t node, double weight) { nodes_[node].weight += weight; }

    /// Keeps the heaviest; the others become one node beside their kept sisters. By old node, its new one.
    std::vector<std::uint32_t> fold(std::size_t most) {
        for (std::size_t i = nodes_.size(); i-- > 1;) nodes_[nodes_[i].parent].weight += nodes_[i].weight;
        std::vector<std::uint32_t> order(nodes_.size());
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin() + 1, order.end(), [this](std::uint32_t a, std::uint32_t b) { return nodes_[a].weight > nodes_[b].weight; });
        std::vector<bool> kept(nodes_.size(), false);
        for (std::size_t i = 0; i < std::min(most, order.size()); ++i) kept[order[i]] = true;

        std::vector<Node> result;
        std::vector<std::uint32_t> moved(nodes_.size());
        std::unordered_map<std::uint64_t, std::uint32_t> others;
        for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
            Node node = nodes_[i];
            node.parent = moved[node.parent];
            // Of nodes that weigh the same a parent comes first, so what is kept hangs together.
            if (!kept[i]) {
                if (i != 0 && result[node.parent].folded != 0) {
                    moved[i] = node.parent;
                    ++result[node.parent].folded;
                    continue;
                }
                const auto [other, is_new] = others.try_emplace(key(node.thread, node.parent), static_cast<std::uint32_t>(result.size()));
                moved[i] = other->second;
                if (is_new) result.push_back({node.parent, node.thread, 0, 0, 0});
                ++result[other->second].folded;
                continue;
            }
            moved[i] = static_cast<std::uint32_t>(result.size());
            result.push_back(node);
        }
        nodes_ = std::move(result);
        return moved;
    }

    const std::vector<Node>& nodes() const { return nodes_; }

  private:
    static std::uint64_t key(std::uint32_t thread, std::uint32_t number) { return std::uint64_t{thread} << 32 | number; }

    std::uint32_t child(std::uint32_t parent, std::uint32_t thread, std::uint32_t place) {
        auto& children = parent == 0 ? first_level_ : children_;
        const auto [at, is_new] = children.try_emplace(key(parent == 0 ? thread : parent, place), static_cast<std::uint32_t>(nodes_.size()));
        if (is_new) nodes_.push_back({parent, thread, place, 0, 0});
        return at->second;
    }

    const View& view_;
    std::vector<Node> nodes_;
    std::unordered_map<std::uint64_t, std::uint32_t> of_stack_, children_, first_level_;
};

struct Entry {
    std::uint32_t node, made, part;
    std::int64_t bytes, allocations;
    auto key() const { return std::tie(node, made, part); }
};

/// Adds up what falls together, and leaves out what comes to nothing.
std::vector<Entry> merged(std::vector<Entry> entries) {
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.key() < b.key(); });
    std::vector<Entry> result;
    for (const Entry& entry : entries) {
        if (!result.empty() && result.back().key() == entry.key()) {
            result.back().bytes += entry.bytes;
            result.back().allocations += entry.allocations;
        } else {
            result.push_back(entry);
        }
    }
    std::erase_if(result, [](const Entry& entry) { return entry.bytes == 0 && entry.allocations == 0; });
    return result;
}

template <class Rows, class Value>
void write_column(std::string_view name, const Rows& rows, Value&& value, JsonWriter& out) {
    out.key(name).begin_array();
    for (const auto& row : rows) out.value(value(row));
    out.end_array();
}

void write_entries(std::string_view name, const std::vector<Entry>& entries, bool with_made, JsonWriter& out) {
    out.key(name).begin_object();
    write_column("node", entries, [](const Entry& entry) { return entry.node; }, out);
    if (with_made) write_column("made", entries, [](const Entry& entry) { return entry.made; }, out);
    write_column("part", entries, [](const Entry& entry) { return entry.part; }, out);
    write_column("bytes", entries, [](const Entry& entry) { return entry.bytes; }, out);
    write_column("allocations", entries, [](const Entry& entry) { return entry.allocations; }, out);
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

void answer_moments(const View& view, const Moments& moments, std::uint32_t max_nodes, JsonWriter& out) {
    const Profile& profile = view.profile();
    const Part& part = profile.part();
    MomentTree tree(view);
    std::vector<std::uint32_t> node_of(profile.ledger().accounts(), kDropped);
    std::vector<Entry> total, temporary, at_peak, live;
    const auto share = [](std::uint64_t bytes, std::uint64_t whole) {
        return static_cast<double>(bytes) / static_cast<double>(std::max<std::uint64_t>(1, whole));
    };
    view.each_account([&](std::uint32_t account, std::uint32_t stack, const Who& who, const Figures& figures) {
        const std::uint32_t node = node_of[account] = tree.node_of(stack, who.thread);
        tree.add_weight(node, share(figures.total.bytes, view.total().total.bytes) + share(moments.most()[account], profile.peak()));
        total.push_back({account, 0, who.generation, static_cast<std::int64_t>(figures.total.bytes), static_cast<std::int64_t>(figures.total.allocations)});
        temporary.push_back({account, 0, who.generation, static_cast<std::int64_t>(figures.temporary.bytes), static_cast<std::int64_t>(figures.temporary.allocations)});
    });
    const std::vector<std::uint32_t> moved = tree.fold(max_nodes);

    const auto take = [&](const std::vector<MomentChange>& changes, std::vector<Entry>& entries, bool with_made) {
        for (const MomentChange& change : changes) {
            if (node_of[change.account] == kDropped) continue;
            const std::uint32_t made = with_made ? profile.generation(change.account).value_or(0) : 0;
            entries.push_back({change.account, made, change.part, change.bytes, change.allocations});
        }
    };
    take(moments.at_peak(), at_peak, false);
    take(moments.live(), live, true);
    for (std::vector<Entry>* const entries : {&total, &temporary, &at_peak, &live}) {
        for (Entry& entry : *entries) entry.node = moved[node_of[entry.node]];
    }

    const std::vector<Node>& nodes = tree.nodes();
    out.begin_object().key("times").begin_array();
    const std::uint64_t step = (part.to_us - part.from_us) / part.generations;
    for (std::uint32_t i = 0; i < part.generations; ++i) out.value(1e-6 * static_cast<double>(part.from_us + step * i));
    out.value(1e-6 * static_cast<double>(part.to_us)).end_array();
    write_column("peaks", moments.peaks(), [](std::uint64_t bytes) { return bytes; }, out);
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
    write_entries("total", merged(std::move(total)), false, out);
    write_entries("temporary", merged(std::move(temporary)), false, out);
    write_entries("peak", merged(std::move(at_peak)), false, out);
    write_entries("live", merged(std::move(live)), true, out);
    out.end_object();
}

}  // namespace alloclens::core
