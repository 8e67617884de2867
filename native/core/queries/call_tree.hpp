// The tree of calls, grown where the bytes are until it has as many nodes as were asked for.
#pragma once

#include <cstdint>
#include <vector>

#include "view.hpp"

namespace alloclens::core {

/// Nodes merge stacks by frame: file, function, executing line. Of each node, bytes = own + those of its children.
class CallTree {
  public:
    enum class Direction { callees, callers };

    /// A stack and what it brings to the node: all below it, or in a tree of callers what is counted at its beginning.
    struct Item {
        std::uint32_t stack;
        Amount amount;
    };

    struct Node {
        std::uint32_t place = 0;
        Amount amount;
        Amount own;
        std::vector<std::uint32_t> children;  ///< kept ones
        Amount folded_amount;                 ///< of the children that were not kept
        std::uint32_t folded = 0;             ///< number of them
    };

    /// The node 0 has `roots`' amounts together with `own`; `roots` are grouped by their places below it.
    CallTree(const View& view, Measure measure, Direction direction, std::vector<Item> roots, Amount own, std::size_t max_nodes);

    const Node& node(std::uint32_t number) const { return nodes_[number]; }

  private:
    struct Candidate {
        Amount amount;
        std::uint32_t parent;
        std::uint32_t place;
        std::vector<Item> items;
    };

    /// The next frames of `items`, grouped by place and without empty ones.
    std::vector<Candidate> grow(std::uint32_t parent, const std::vector<Item>& items);
    std::vector<Candidate> group(std::uint32_t parent, const std::vector<Item>& items);
    void keep_largest(std::vector<Candidate> first, std::size_t max_nodes);

    const View& view_;
    Measure measure_;
    Direction direction_;
    std::vector<Node> nodes_;
    std::vector<std::uint32_t> group_of_place_;  ///< scratch of `group`
};

}  // namespace alloclens::core
