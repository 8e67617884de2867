// A FrameTree as a CallTree and a TreeWriter want it.
#pragma once

#include "frame_tree.hpp"
#include "queries.hpp"
#include "tree_writer.hpp"

namespace alloclens::core {

inline bool heavier(const Amount& a, const Amount& b) {
    return a.bytes != b.bytes ? a.bytes > b.bytes : a.allocations > b.allocations;
}

FrameName frame_name(const Places& places, std::uint32_t place);
FrameName name_of_root(const Places& places, const std::optional<FunctionId>& root);

class FrameSource {
  public:
    using Weight = Amount;

    FrameSource(const FrameTree& tree, const Program& program);

    std::uint32_t place(std::uint32_t node) const { return tree_[node].place; }
    /// Threads lie above all calls.
    std::uint32_t parent(std::uint32_t node) const {
        const std::uint32_t parent = tree_[node].parent;
        return tree_.is_thread(parent) ? 0 : parent;
    }
    std::uint32_t first_child(std::uint32_t node) const { return tree_[node].first_child; }
    std::uint32_t next_sibling(std::uint32_t node) const { return tree_[node].next_sibling; }
    const Amount& sum(std::uint32_t node) const { return tree_[node].sum; }
    std::uint32_t places() const { return tree_.first_thread() + static_cast<std::uint32_t>(thread_names_.size()); }

    FrameName name_of_place(std::uint32_t place) const;
    void write_amounts(const Amount& amount, const Amount& own, JsonWriter& out) const;

  private:
    const FrameTree& tree_;
    std::vector<std::string> thread_names_;
};

/// Where a tree begins: its first nodes, and by thread, when they are split, the place that stands for it.
struct TreeStart {
    std::vector<CallGroups<FrameSource>::Item> items;
    std::vector<std::uint32_t> threads;
};

TreeStart start_of(const FrameTree& tree, const FrameSource& source, const TreeQuery& query);
inline Direction direction_of(const TreeQuery& query) { return query.inverted ? Direction::callers : Direction::callees; }

}  // namespace alloclens::core
