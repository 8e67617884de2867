// The frames of a whole run by thread, file, function and line, folded until there are few enough for a page.
#pragma once

#include <cstdint>
#include <vector>

#include "core/profile/growing.hpp"
#include "view.hpp"

namespace alloclens::core {

class MomentTree {
  public:
    struct Node {
        std::uint32_t parent = 0;
        std::uint32_t thread = 0;
        std::uint32_t place = 0;
        std::uint32_t folded = 0;  ///< how many smaller frames it stands for; 0: it is a frame
        double weight = 0;         ///< with callees: share of the total, and of the highest heap
    };

    /// `view` is of the whole run. Keeps at most so many of the heaviest; others become one node beside their kept sisters.
    MomentTree(const View& view, std::size_t most);

    /// Parents first; node 0 is the root.
    const std::vector<Node>& nodes() const { return nodes_; }
    /// By account of the view's ledger; Moments::kNoNode where it is not shown.
    std::uint32_t node_of(std::uint32_t account) const { return node_of_account_[account]; }

  private:
    std::uint32_t node_of(const View& view, std::uint32_t stack, std::uint32_t thread);
    std::uint32_t child(std::uint32_t parent, std::uint32_t thread, std::uint32_t place);
    std::size_t home(const Node& node) const;
    void grow_table();
    void fold(std::size_t most);

    std::vector<Node> nodes_;
    std::vector<std::uint32_t> node_of_account_;

    // While it is built:
    Growing<Node> all_;
    std::vector<std::uint32_t> table_;  ///< a hash table of nodes by parent and place; 0: none
    Growing<std::uint32_t> node_of_stack_, thread_of_stack_;  ///< of the thread that came last, and one
    std::vector<std::uint32_t> way_;
};

}  // namespace alloclens::core
