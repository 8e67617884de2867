// Frames that are called from one another, merged by place: what trees are grown from.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace alloclens::core {

enum class Direction { callees, callers };

/// `Source` has numbered nodes, 0 for none: `place(node)`, `parent(node)` (0 at the top), `first_child(node)`,
/// `next_sibling(node)`, `sum(node)` as its `Weight`; and places below `places()`. A Weight adds and subtracts, is
/// `empty()`, and is compared by `heavier(a, b)`.
template <class Source>
class CallGroups {
  public:
    using Weight = typename Source::Weight;

    /// A node of the source, and what it brings.
    struct Item {
        std::uint32_t node;
        Weight amount;
    };

    /// A frame that may become a node.
    struct Candidate {
        Weight amount;
        std::uint32_t parent;
        std::uint32_t place;
        bool is_level;            ///< its items are yet to be shown, below it
        std::vector<Item> items;  ///< nodes merged in it; of callers, those that come next
    };

    CallGroups(const Source& source, Direction direction) : source_(source), direction_(direction), group_of_place_(source.places(), 0) {}

    /// Below the root.
    std::vector<Candidate> first(const std::vector<Item>& start, const std::vector<std::uint32_t>& level) {
        return level.empty() ? group(0, start) : group_by_level(start, level);
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

  private:
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

    const Source& source_;
    Direction direction_;
    std::vector<std::uint32_t> group_of_place_;  ///< scratch of `put`
};

}  // namespace alloclens::core
