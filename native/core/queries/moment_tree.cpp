#include "moment_tree.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "core/profile/moments.hpp"

namespace alloclens::core {

MomentTree::MomentTree(const View& view, std::size_t most) : node_of_account_(view.profile().ledger().accounts(), Moments::kNoNode) {
    const Profile& profile = view.profile();
    const Ledger& ledger = profile.ledger();
    std::vector<std::uint32_t> accounts;
    view.each_account([&](std::uint32_t account, std::uint32_t, const Who&, const Figures&) { accounts.push_back(account); });
    const auto thread_of = [&](std::uint32_t account) { return ledger.whos()[ledger.who_of(account)].thread; };
    std::stable_sort(accounts.begin(), accounts.end(), [&](std::uint32_t a, std::uint32_t b) { return thread_of(a) < thread_of(b); });

    const auto share = [](std::uint64_t bytes, std::uint64_t whole) {
        return static_cast<double>(bytes) / static_cast<double>(std::max<std::uint64_t>(1, whole));
    };
    all_.push_back({});
    table_.resize(1024);
    node_of_stack_.resize(view.stacks());
    thread_of_stack_.resize(view.stacks());
    for (const std::uint32_t account : accounts) {
        const std::uint32_t node = node_of_account_[account] = node_of(view, ledger.stack_of(account), thread_of(account));
        all_[node].weight += share(profile.figures(account).total.bytes, view.total().total.bytes) + share(ledger.most(account), profile.peak());
    }
    table_ = {};
    node_of_stack_ = {};
    thread_of_stack_ = {};
    fold(most);
    all_ = {};
}

std::uint32_t MomentTree::node_of(const View& view, std::uint32_t stack, std::uint32_t thread) {
    // Memory without Python frames is a place too, so that it can be told by thread.
    if (stack == 0) return child(0, thread, 0);
    way_.clear();
    std::uint32_t at = stack;
    for (; at != 0 && thread_of_stack_[at] != thread + 1; at = view.parent(at)) way_.push_back(at);
    std::uint32_t node = at == 0 ? 0 : node_of_stack_[at];
    for (; !way_.empty(); way_.pop_back()) {
        node = child(node, thread, view.place(way_.back()));
        node_of_stack_[way_.back()] = node;
        thread_of_stack_[way_.back()] = thread + 1;
    }
    return node;
}

std::size_t MomentTree::home(const Node& node) const {
    const std::uint64_t key = std::uint64_t{node.parent ? node.parent : ~node.thread} << 32 | node.place;
    return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15ull) >> 32) & (table_.size() - 1);
}

std::uint32_t MomentTree::child(std::uint32_t parent, std::uint32_t thread, std::uint32_t place) {
    const Node wanted{parent, thread, place};
    std::size_t at = home(wanted);
    for (; table_[at] != 0; at = (at + 1) & (table_.size() - 1)) {
        const Node& node = all_[table_[at]];
        if (node.parent == parent && node.thread == thread && node.place == place) return table_[at];
    }
    const auto number = static_cast<std::uint32_t>(all_.size());
    all_.push_back(wanted);
    table_[at] = number;
    if (all_.size() * 2 > table_.size()) grow_table();
    return number;
}

void MomentTree::grow_table() {
    table_.assign(table_.size() * 4, 0);
    for (std::uint32_t i = 1; i < all_.size(); ++i) {
        std::size_t at = home(all_[i]);
        while (table_[at] != 0) at = (at + 1) & (table_.size() - 1);
        table_[at] = i;
    }
}

void MomentTree::fold(std::size_t most) {
    for (std::size_t i = all_.size(); i-- > 1;) all_[all_[i].parent].weight += all_[i].weight;
    std::vector<bool> kept(all_.size(), all_.size() <= most);
    if (all_.size() > most) {
        std::vector<std::uint32_t> order(all_.size());
        std::iota(order.begin(), order.end(), 0);
        const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(most, 1));
        // Of nodes that weigh the same a parent comes first, so what is kept hangs together.
        std::nth_element(order.begin(), end - 1, order.end(), [this](std::uint32_t a, std::uint32_t b) {
            return all_[a].weight != all_[b].weight ? all_[a].weight > all_[b].weight : a < b;
        });
        std::for_each(order.begin(), end, [&](std::uint32_t node) { kept[node] = true; });
    }
    std::vector<std::uint32_t> moved(all_.size());
    std::unordered_map<std::uint64_t, std::uint32_t> others;
    for (std::uint32_t i = 0; i < all_.size(); ++i) {
        Node node = all_[i];
        node.parent = moved[node.parent];
        if (!kept[i]) {
            if (i != 0 && nodes_[node.parent].folded != 0) {
                moved[i] = node.parent;
                ++nodes_[node.parent].folded;
                continue;
            }
            const auto [other, is_new] = others.try_emplace(std::uint64_t{node.thread} << 32 | node.parent, static_cast<std::uint32_t>(nodes_.size()));
            moved[i] = other->second;
            if (is_new) nodes_.push_back({node.parent, node.thread});
            ++nodes_[other->second].folded;
            continue;
        }
        moved[i] = static_cast<std::uint32_t>(nodes_.size());
        nodes_.push_back(node);
    }
    for (std::uint32_t& node : node_of_account_) {
        if (node != Moments::kNoNode) node = moved[node];
    }
}

}  // namespace alloclens::core
