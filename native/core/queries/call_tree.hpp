// A tree of frames merged by place, grown where the bytes are until it has as many nodes as were asked for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <queue>
#include <utility>
#include <vector>

namespace alloclens::core {

enum class Direction { callees, callers };

/// `Source` has numbered nodes, 0 for none: `place(node)`, `parent(node)` (0 at the top), `first_child(node)`,
/// `next_sibling(node)`, `sum(node)` as its `Weight`; and places below `places()`. A Weight adds and subtracts, is
/// `empty()`, and is compared by `heavier(a, b)`. Of each node of ours, amount = own + those of its children.
template <class Source>
class CallTree {
  public:
    using Weight = typename Source::Weight;

    /// A node of the source, and what it brings.
    struct Item {
        std::uint32_t node;
        Weight amount;
    };

    struct Node {
        std::uint32_t place = 0;
        Weight amount{};
        Weight own{};
        std::vector<std::uint32_t> children;  ///< kept ones
        Weight folded_amount{};               ///< of the children that were not kept
        std::uint32_t folded = 0;             ///< number of them
    };

    /// The node 0 has all that `start` brings. Below it lie the nodes of `start`, merged by place; what has node 0 is its
    /// own. When `level` has a place for each item of `start`, those places come between.
    CallTree(const Source& source, Direction direction, const std::vector<Item>& start, std::size_t max_nodes,
             const std::vector<std::uint32_t>& level = {})
        : source_(source), direction_(direction), nodes_(1), group_of_place_(source.places(), 0) {
        for (const Item& item : start) nodes_[0].amount += item.amount;
        std::vector<Candidate> first = level.empty() ? group(0, start) : group_by_level(start, level);
        nodes_[0].own = nodes_[0].amount;
        for (const Candidate& child : first) nodes_[0].own -= child.amount;
        keep_largest(std::move(first), max_nodes);
    }

    const Node& node(std::uint32_t number) const { return nodes_[number]; }

  private:
    struct Candidate {
        Weight amount;
        std::uint32_t parent;
        std::uint32_t place;
        bool is_level;            ///< its items are yet to be shown, below it
        std::vector<Item> items;  ///< nodes merged in it; of callers, those that come next
    };

    /// `item` goes to the group of its place.
    void put(std::vector<Candidate>& groups, std::uint32_t parent, std::uint32_t place, bool is_level, const Item& item) {
        std::uint32_t& number = group_of_place_[place];
        if (number == 0) {
            groups.push_back({{}, parent, place, is_level, {}});
            number = static_cast<std::uint32_t>(groups.size());
        }
        groups[number - 1].amount += item.amount;
        groups[number - 1].items.push_back(item);
    }

    std::vector<Candidate> grouped(std::vector<Candidate> groups) {
        for (const Candidate& candidate : groups) group_of_place_[candidate.place] = 0;
        return groups;
    }

    std::vector<Candidate> group(std::uint32_t parent, const std::vector<Item>& items) {
        std::vector<Candidate> groups;
        for (const auto& [node, amount] : items) {
            if (node == 0 || amount.empty()) continue;
            put(groups, parent, source_.place(node), false, {direction_ == Direction::callers ? source_.parent(node) : node, amount});
        }
        return grouped(std::move(groups));
    }

    std::vector<Candidate> group_by_level(const std::vector<Item>& items, const std::vector<std::uint32_t>& level) {
        std::vector<Candidate> groups;
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (!items[i].amount.empty()) put(groups, 0, level[i], true, items[i]);
        }
        return grouped(std::move(groups));
    }

    /// The next frames of a candidate, without empty ones.
    std::vector<Candidate> grow(std::uint32_t parent, bool is_level, const std::vector<Item>& items) {
        if (is_level || direction_ == Direction::callers) return group(parent, items);
        std::vector<Item> next;
        for (const Item& item : items) {
            for (std::uint32_t child = source_.first_child(item.node); child != 0; child = source_.next_sibling(child)) {
                next.push_back({child, source_.sum(child)});
            }
        }
        return group(parent, next);
    }

    /// The largest frame of all that are known is kept and shows its own next frames. A node of which some children are
    /// not kept will need an "other", which counts too.
    void keep_largest(std::vector<Candidate> of_root, std::size_t max_nodes) {
        std::vector<Candidate> candidates;
        const auto lighter = [&candidates](std::uint32_t a, std::uint32_t b) {
            if (heavier(candidates[b].amount, candidates[a].amount)) return true;
            return !heavier(candidates[a].amount, candidates[b].amount) && a > b;
        };
        std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, decltype(lighter)> waiting(lighter);
        const auto offer = [&](std::uint32_t parent, std::vector<Candidate> children) {
            for (Candidate& child : children) {
                nodes_[parent].folded_amount += child.amount;
                ++nodes_[parent].folded;
                candidates.push_back(std::move(child));
                waiting.push(static_cast<std::uint32_t>(candidates.size() - 1));
            }
        };
        offer(0, std::move(of_root));

        std::size_t count = nodes_[0].folded ? 2 : 1;
        while (!waiting.empty()) {
            const std::uint32_t largest = waiting.top();
            waiting.pop();
            const Candidate chosen = std::move(candidates[largest]);
            std::vector<Candidate> children = grow(static_cast<std::uint32_t>(nodes_.size()), chosen.is_level, chosen.items);
            const std::size_t count_with = count + 1 - (nodes_[chosen.parent].folded == 1) + !children.empty();
            if (count_with > max_nodes) break;
            count = count_with;

            Node node;
            node.place = chosen.place;
            node.amount = node.own = chosen.amount;
            for (const Candidate& child : children) node.own -= child.amount;
            const auto number = static_cast<std::uint32_t>(nodes_.size());
            nodes_.push_back(std::move(node));
            Node& parent = nodes_[chosen.parent];
            parent.children.push_back(number);
            parent.folded_amount -= chosen.amount;
            --parent.folded;
            offer(number, std::move(children));
        }
    }

    const Source& source_;
    Direction direction_;
    std::vector<Node> nodes_;
    std::vector<std::uint32_t> group_of_place_;  ///< scratch of `put`
};

}  // namespace alloclens::core
