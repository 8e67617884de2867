#include "frame_tree.hpp"

#include <algorithm>
#include <utility>

namespace alloclens::core {

FrameTree::FrameTree(const View& view, FrameTreeOptions options, const NativePlaces* natives)
    : places_(view.places()), natives_(natives), options_(std::move(options)), node_of_stack_(view.stacks()), mark_of_stack_(view.stacks(), 0) {
    hidden_place_ = places_hidden(view);
    nodes_.reserve(view.stacks());  // what is not needed has no memory
    nodes_.emplace_back();
    if (options_.split_threads) add_by_thread(view);
    else add_all(view);
    add_up();
    node_of_stack_ = {};
    mark_of_stack_ = {};
}

void FrameTree::add_all(const View& view) {
    view.each_account([&](std::uint32_t, std::uint32_t stack, const Who&, const Figures& figures) {
        const Amount& amount = figures.of(options_.measure);
        if (!amount.empty()) add_amount(amount, node_of(view, stack, 0, 1));
    });
}

void FrameTree::add_amount(const Amount& amount, std::uint32_t node) {
    (node == kDropped ? hidden_ : nodes_[node].own) += amount;
    total_ += amount;
}

void FrameTree::add_by_thread(const View& view) {
    struct Entry {
        std::uint32_t thread;
        std::uint32_t stack;
        Amount amount;
    };
    std::vector<Entry> entries;
    view.each_account([&](std::uint32_t, std::uint32_t stack, const Who& who, const Figures& figures) {
        const Amount& amount = figures.of(options_.measure);
        if (!amount.empty()) entries.push_back({who.thread, stack, amount});
    });
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.thread < b.thread; });

    std::uint32_t root = 0, mark = 0, thread = UINT32_MAX;
    for (const Entry& entry : entries) {
        if (entry.thread != thread) {
            thread = entry.thread;
            root = add(0, first_thread() + thread);
            ++mark;
        }
        add_amount(entry.amount, node_of(view, entry.stack, root, mark));
    }
}

std::vector<bool> FrameTree::places_hidden(const View& view) const {
    const Hidden& hide = options_.hide;
    std::vector<bool> has_own(places_.places(), !hide.pass_through);
    if (hide.pass_through) {
        view.each_account([&](std::uint32_t, std::uint32_t stack, const Who&, const Figures& figures) {
            if (!figures.of(options_.measure).empty()) has_own[innermost(view, stack)] = true;
        });
    }
    std::vector<bool> hidden(places_.places(), false);
    for (std::uint32_t i = 1; i < places_.places(); ++i) {
        const Origin origin = places_.origin(i);
        hidden[i] = !has_own[i] || (hide.standard_library && origin == Origin::standard_library) ||
                    (hide.package && origin == Origin::package) || (hide.native && origin == Origin::native);
        if (i < options_.always.size() && options_.always[i]) hidden[i] = false;
    }
    return hidden;
}

std::uint32_t FrameTree::node_of(const View& view, std::uint32_t stack, std::uint32_t root, std::uint32_t mark) {
    way_.clear();
    std::uint32_t at = stack;
    for (; at != 0 && mark_of_stack_[at] != mark; at = view.parent(at)) way_.push_back(at);
    std::uint32_t node = at == 0 ? root : node_of_stack_[at];
    while (!way_.empty()) {
        const std::uint32_t next = way_.back();
        way_.pop_back();
        if (const std::uint32_t native = view.program().frame(next).native) {
            if (node != kDropped && natives_) node = add(node, natives_->frame(native));
        } else {
            const std::uint32_t place = view.place(next);
            if (node != kDropped && options_.hide.imports && places_.is_import(place)) node = kDropped;
            if (node != kDropped && !hidden_place_[place]) node = add(node, place);
        }
        node_of_stack_[next] = node;
        mark_of_stack_[next] = mark;
    }
    return node;
}

bool FrameTree::is_hidden(const NativePlaces::Frame& frame, std::uint32_t parent) const {
    const bool begins = parent == 0 || is_thread(parent);
    return !options_.interpreter && (frame.interpreter || (frame.c_library && begins));
}

std::uint32_t FrameTree::innermost(const View& view, std::uint32_t stack) const {
    const Program& program = view.program();
    for (std::uint32_t at = stack; natives_ && program.frame(at).native; at = program.stacks[at].parent) {
        const NativePlaces::Frame& frame = natives_->frame(program.frame(at).native);
        if (options_.interpreter || !frame.interpreter) return frame.places.back();
    }
    return view.place(stack);
}

std::uint32_t FrameTree::add(std::uint32_t parent, const NativePlaces::Frame& frame) {
    if (is_hidden(frame, parent)) return parent;
    for (const std::uint32_t place : frame.places) {
        if (!hidden_place_[place]) parent = add(parent, place);
    }
    return parent;
}

std::uint32_t FrameTree::add(std::uint32_t parent, std::uint32_t place) {
    nodes_.push_back({parent, place, 0, 0, {}, {}});
    return static_cast<std::uint32_t>(nodes_.size() - 1);
}

void FrameTree::add_up() {
    for (std::uint32_t i = static_cast<std::uint32_t>(nodes_.size()); i-- > 0;) {
        Node& node = nodes_[i];
        node.sum += node.own;
        if (i == 0) break;
        Node& parent = nodes_[node.parent];
        parent.sum += node.sum;
        node.next_sibling = std::exchange(parent.first_child, i);
    }
}

}  // namespace alloclens::core
