#include "call_tree.hpp"

#include <algorithm>
#include <queue>
#include <utility>

namespace alloclens::core {

CallTree::CallTree(const View& view, Measure measure, Direction direction, std::vector<Item> roots, Amount own, std::size_t max_nodes)
    : view_(view), measure_(measure), direction_(direction), nodes_(1), group_of_place_(view.places().places(), 0) {
    nodes_[0].own = own;
    nodes_[0].amount = own;
    for (const Item& root : roots) nodes_[0].amount += root.amount;
    keep_largest(group(0, roots), max_nodes);
}

std::vector<CallTree::Candidate> CallTree::group(std::uint32_t parent, const std::vector<Item>& items) {
    std::vector<Candidate> groups;
    for (const Item& item : items) {
        if (item.amount.empty()) continue;
        const std::uint32_t place = view_.place(item.stack);
        std::uint32_t& number = group_of_place_[place];
        if (number == 0) {
            groups.push_back({{}, parent, place, {}});
            number = static_cast<std::uint32_t>(groups.size());
        }
        Candidate& candidate = groups[number - 1];
        candidate.amount += item.amount;
        candidate.items.push_back(item);
    }
    for (const Candidate& candidate : groups) group_of_place_[candidate.place] = 0;
    return groups;
}

std::vector<CallTree::Candidate> CallTree::grow(std::uint32_t parent, const std::vector<Item>& items) {
    std::vector<Item> next;
    for (const Item& item : items) {
        if (direction_ == Direction::callers) {
            if (const std::uint32_t caller = view_.parent(item.stack)) next.push_back({caller, item.amount});
            continue;
        }
        for (std::uint32_t child = view_.first_child(item.stack); child != 0; child = view_.next_sibling(child)) {
            next.push_back({child, view_.with_callees(child).of(measure_)});
        }
    }
    return group(parent, next);
}

/// The largest frame of all that are known is kept and shows its own next frames. A node of which some children are
/// not kept will need an "other", which counts too.
void CallTree::keep_largest(std::vector<Candidate> first, std::size_t max_nodes) {
    std::vector<Candidate> candidates = std::move(first);
    const auto smaller = [&candidates](std::uint32_t a, std::uint32_t b) {
        const Amount& left = candidates[a].amount;
        const Amount& right = candidates[b].amount;
        if (left.bytes != right.bytes) return left.bytes < right.bytes;
        return left.allocations != right.allocations ? left.allocations < right.allocations : a > b;
    };
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, decltype(smaller)> waiting(smaller);
    const auto offer = [&](std::uint32_t parent, std::vector<Candidate> children) {
        for (Candidate& child : children) {
            nodes_[parent].folded_amount += child.amount;
            ++nodes_[parent].folded;
            candidates.push_back(std::move(child));
            waiting.push(static_cast<std::uint32_t>(candidates.size() - 1));
        }
    };
    std::vector<Candidate> of_root = std::exchange(candidates, {});
    offer(0, std::move(of_root));

    std::size_t count = nodes_[0].folded ? 2 : 1;
    while (!waiting.empty()) {
        const std::uint32_t largest = waiting.top();
        waiting.pop();
        std::vector<Item> items = std::exchange(candidates[largest].items, {});
        const auto [amount, parent, place, unused] = candidates[largest];
        std::vector<Candidate> children = grow(static_cast<std::uint32_t>(nodes_.size()), items);
        const std::size_t count_with = count + 1 - (nodes_[parent].folded == 1) + !children.empty();
        if (count_with > max_nodes) break;
        count = count_with;

        Node node;
        node.place = place;
        node.amount = node.own = amount;
        for (const Candidate& child : children) {
            node.own.bytes -= child.amount.bytes;
            node.own.allocations -= child.amount.allocations;
        }
        const auto number = static_cast<std::uint32_t>(nodes_.size());
        nodes_.push_back(std::move(node));
        nodes_[parent].children.push_back(number);
        nodes_[parent].folded_amount.bytes -= amount.bytes;
        nodes_[parent].folded_amount.allocations -= amount.allocations;
        --nodes_[parent].folded;
        offer(number, std::move(children));
    }
}

}  // namespace alloclens::core
