// A CallTree as JSON.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "call_tree.hpp"
#include "core/code/origin.hpp"
#include "json_writer.hpp"

namespace alloclens::core {

/// What a place is called.
struct FrameName {
    std::string_view name;
    std::optional<std::string_view> file;
    std::optional<std::uint32_t> line;
    std::optional<std::uint32_t> first_line;
    Origin origin = Origin::native;
    std::optional<std::uint32_t> thread;  ///< it stands for that thread
};

/// `Source` tells the `name_of_place(place)` and writes amounts with `write_amounts(amount, own, out)`.
template <class Source>
class TreeWriter {
  public:
    TreeWriter(const Source& source, const CallTree<Source>& tree, const FrameName& root, JsonWriter& out)
        : source_(source), tree_(tree), root_(root), out_(out) {}

    /// A tree may be as deep as it has nodes, so this goes without recursion.
    void write() {
        struct Open {
            std::uint32_t node;
            std::vector<std::uint32_t> children;
            std::size_t next = 0;
        };
        std::vector<Open> path{{0, begin(0)}};
        while (!path.empty()) {
            Open& top = path.back();
            if (top.next < top.children.size()) {
                const std::uint32_t child = top.children[top.next++];
                path.push_back({child, begin(child)});
                continue;
            }
            end(tree_.node(top.node));
            path.pop_back();
        }
    }

  private:
    std::vector<std::uint32_t> begin(std::uint32_t number) {
        const auto& node = tree_.node(number);
        write_frame(number == 0 ? root_ : source_.name_of_place(node.place));
        source_.write_amounts(node.amount, node.own, out_);
        out_.key("children").begin_array();
        std::vector<std::uint32_t> children = node.children;
        std::sort(children.begin(), children.end(), [this](std::uint32_t a, std::uint32_t b) { return before(a, b); });
        return children;
    }

    void end(const typename CallTree<Source>::Node& node) {
        if (node.folded) {
            FrameName other;
            other.name = "other";
            write_frame(other);
            source_.write_amounts(node.folded_amount, node.folded_amount, out_);
            out_.field("folded", node.folded).key("children").begin_array().end_array().end_object();
        }
        out_.end_array().end_object();
    }

    void write_frame(const FrameName& frame) {
        out_.begin_object().field("id", next_id_++).field("name", frame.name).field("file", frame.file);
        out_.field("line", frame.line).field("first_line", frame.first_line).field("origin", name_of(frame.origin));
        if (frame.thread) out_.field("thread", *frame.thread);
    }

    /// Largest first, then by name, so that equal ones always come in one order.
    bool before(std::uint32_t a, std::uint32_t b) const {
        const auto& left = tree_.node(a);
        const auto& right = tree_.node(b);
        if (heavier(left.amount, right.amount)) return true;
        if (heavier(right.amount, left.amount)) return false;
        const FrameName x = source_.name_of_place(left.place), y = source_.name_of_place(right.place);
        return std::tie(x.name, x.file, x.line, x.thread) < std::tie(y.name, y.file, y.line, y.thread);
    }

    const Source& source_;
    const CallTree<Source>& tree_;
    FrameName root_;
    JsonWriter& out_;
    std::uint32_t next_id_ = 0;
};

}  // namespace alloclens::core
