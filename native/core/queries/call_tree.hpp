// A tree of frames merged by place, grown where the bytes are until it has as many nodes as were asked for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <queue>
#include <utility>
#include <vector>

#include "call_groups.hpp"

namespace alloclens::core {

/// Of each node of ours, amount = own + those of its children.
template <class Source>
class CallTree {
  public:
    using Weight = typename Source::Weight;

    using Item = typename CallGroups<Source>::Item;

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
        : groups_(source, direction), nodes_(1) {
        for (const Item& item : start) nodes_[0].amount += item.amount;
        std::vector<Candidate> first = groups_.first(start, level);
        nodes_[0].own = nodes_[0].amount;
        for (const Candidate& child : first) nodes_[0].own -= child.amount;
        keep_largest(std::move(first), max_nodes);
    }

    const Node& node(std::uint32_t number) const { return nodes_[number]; }

  private:
    using Candidate = typename CallGroups<Source>::Candidate;

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
            std::vector<Candidate> children = groups_.grow(static_cast<std::uint32_t>(nodes_.size()), chosen.is_level, chosen.items);
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

    CallGroups<Source> groups_;
    std::vector<Node> nodes_;
};

}  // namespace alloclens::core
