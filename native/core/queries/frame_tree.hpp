// The tree of stacks with one measure's bytes, as a tree of frames shall show it: without hidden frames, by thread.
#pragma once

#include <cstdint>
#include <vector>

#include "core/profile/huge_pages.hpp"
#include "native_places.hpp"
#include "view.hpp"

namespace alloclens::core {

/// Frames that are left out; what they asked for goes to who called them.
struct Hidden {
    bool imports = false;       ///< and all that was asked for below them
    bool pass_through = false;  ///< lines without bytes of their own
    bool standard_library = false;
    bool package = false;
    bool native = false;
    bool operator==(const Hidden&) const = default;
};

struct FrameTreeOptions {
    Measure measure = Measure::peak;
    Hidden hide;
    bool split_threads = false;
    bool interpreter = false;  ///< frames of the interpreter itself are shown, and of the C library below all others
    /// By place: frames that are shown whatever is hidden.
    std::vector<bool> always;
    bool operator==(const FrameTreeOptions&) const = default;
};

/// Outlives the view that it was made of. Only frames with bytes or blocks in the measure, on their way from the root. Node 0 is the root; parents come before
/// their children.
class FrameTree {
  public:
    struct Node {
        std::uint32_t parent = 0;
        std::uint32_t place = 0;
        std::uint32_t first_child = 0;
        std::uint32_t next_sibling = 0;
        Amount own;
        Amount sum;  ///< with callees
    };

    /// Without `natives` native frames are not shown; else they are resolved.
    FrameTree(const View& view, FrameTreeOptions options, const NativePlaces* natives);

    using Nodes = std::vector<Node, HugePages<Node>>;
    const Nodes& nodes() const { return nodes_; }
    const Node& operator[](std::uint32_t number) const { return nodes_[number]; }
    const Places& places() const { return places_; }

    /// Places from here on are threads: the first level when they are split.
    std::uint32_t first_thread() const { return places_.places(); }
    bool is_thread(std::uint32_t number) const { return nodes_[number].place >= first_thread(); }
    const FrameTreeOptions& options() const { return options_; }
    /// Of all that is shown and hidden.
    const Amount& total() const { return total_; }
    /// Asked for below imports that are hidden.
    const Amount& hidden() const { return hidden_; }

  private:
    static constexpr std::uint32_t kDropped = UINT32_MAX;

    /// Of native frames: whether one is left out when it is called from `parent`.
    bool is_hidden(const NativePlaces::Frame& frame, std::uint32_t parent) const;
    /// The place that asked for the memory.
    std::uint32_t innermost(const View& view, std::uint32_t stack) const;
    std::vector<bool> places_hidden(const View& view) const;
    /// The node of a stack below `root`; kDropped when it lies below a hidden import.
    std::uint32_t node_of(const View& view, std::uint32_t stack, std::uint32_t root, std::uint32_t mark);
    void add_all(const View& view);
    void add_by_thread(const View& view);
    void add_amount(const Amount& amount, std::uint32_t node);
    std::uint32_t add(std::uint32_t parent, std::uint32_t place);
    std::uint32_t add(std::uint32_t parent, const NativePlaces::Frame& frame);
    void add_up();

    const Places& places_;
    const NativePlaces* natives_;
    FrameTreeOptions options_;
    Nodes nodes_;
    std::vector<bool> hidden_place_;
    Amount total_, hidden_;

    // While it is made.
    using ByStack = std::vector<std::uint32_t, HugePages<std::uint32_t>>;
    ByStack node_of_stack_;
    ByStack mark_of_stack_;  ///< for which root that holds
    std::vector<std::uint32_t> way_;
};

}  // namespace alloclens::core
