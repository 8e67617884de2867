// The stacks with their figures in a part of the run, as far as filters let them through.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/capture/recording.hpp"
#include "places.hpp"
#include "stack_links.hpp"

namespace alloclens::core {

/// What is shown of a profile.
struct Filter {
    /// By the ledger's numbers of Who. Those that come later are not shown.
    std::vector<bool> whos;
    /// By stack; null: none is left out.
    std::shared_ptr<const std::vector<bool>> left_out;
};

class View {
  public:
    View(const Recording& recording, const Profile& profile, const Places& places, const StackLinks& links, Filter filter);

    const Recording& recording() const { return recording_; }
    const Profile& profile() const { return profile_; }
    const Places& places() const { return places_; }

    /// Stacks are numbered from 1, parents first; 0 is memory without Python frames and the root of the tree.
    std::uint32_t stacks() const { return links_.stacks(); }
    std::uint32_t parent(std::uint32_t stack) const { return program().stacks[stack].parent; }
    std::uint32_t place(std::uint32_t stack) const { return places_.of_frame(program().stacks[stack].frame); }
    const Program& program() const { return recording_.profile.program(); }

    Figures own(std::uint32_t stack) const {
        Figures sum;
        if (left_out(stack)) return sum;
        const Ledger& ledger = profile_.ledger();
        for (std::uint32_t account = ledger.first_account(stack); account != 0; account = ledger.next_account(account)) {
            if (filter_.whos[ledger.who_of(account)]) sum += profile_.figures(account);
        }
        return sum;
    }
    const Figures& total() const { return total_; }

    /// By stack: what it and the stacks below it have.
    std::vector<Amount> with_callees(Measure measure) const;

    /// Calls `found(account, stack, who, figures)` for all that is shown and not empty.
    template <class Found>
    void each_account(Found&& found) const {
        const Ledger& ledger = profile_.ledger();
        for (std::uint32_t account = 1; account < ledger.accounts(); ++account) {
            const std::uint32_t stack = ledger.stack_of(account);
            if (!filter_.whos[ledger.who_of(account)] || left_out(stack)) continue;
            const Figures figures = profile_.figures(account);
            if (!figures.empty()) found(account, stack, ledger.whos()[ledger.who_of(account)], figures);
        }
    }

    /// Calls `found(stack, key, figures with callees)` for each stack that has a key which none of its callers has, so
    /// that recursion counts once. `key_of(place)` is below `keys`, 0 for none.
    template <class KeyOf, class Found>
    void outermost(std::uint32_t keys, KeyOf&& key_of, Found&& found) const {
        outermost_stacks(keys, [&](std::uint32_t stack) { return key_of(place(stack)); }, found);
    }

    /// The same with keys of stacks.
    template <class KeyOf, class Found>
    void outermost_stacks(std::uint32_t keys, KeyOf&& key_of, Found&& found) const {
        outermost_keys(keys, [&](std::uint32_t stack, auto&& has) { has(key_of(stack)); }, found);
    }

    /// The same with stacks that may have several: `keys_of(stack, has)` calls `has(key)` for each.
    template <class KeysOf, class Found>
    void outermost_keys(std::uint32_t keys, KeysOf&& keys_of, Found&& found) const {
        struct Open {
            std::uint32_t stack;
            std::uint32_t next;
            std::size_t first_key;  ///< in `opened`, of those that no caller has
            Figures sum;
        };
        std::vector<bool> active(keys, false);
        std::vector<std::uint32_t> opened;
        std::vector<Open> path{{0, links_.first_child(0), 0, {}}};
        for (;;) {
            Open& top = path.back();
            if (top.next != 0) {
                const std::uint32_t stack = std::exchange(top.next, links_.next_sibling(top.next));
                path.push_back({stack, links_.first_child(stack), opened.size(), own(stack)});
                keys_of(stack, [&](std::uint32_t key) {
                    if (key == 0 || active[key]) return;
                    active[key] = true;
                    opened.push_back(key);
                });
                continue;
            }
            if (path.size() == 1) return;
            for (; opened.size() > top.first_key; opened.pop_back()) {
                active[opened.back()] = false;
                found(top.stack, opened.back(), std::as_const(top.sum));
            }
            path[path.size() - 2].sum += top.sum;
            path.pop_back();
        }
    }

    /// The stacks called directly from one.
    template <class Callee>
    void each_callee(std::uint32_t stack, Callee&& callee) const {
        for (std::uint32_t i = links_.first_child(stack); i != 0; i = links_.next_sibling(i)) {
            if (program().frame(i).native) {  // what it calls, its Python frame calls
                each_callee(i, callee);
            } else {
                callee(i);
            }
        }
    }

    /// By stack: the place of the innermost frame of the user's own code, 0 when there is none.
    std::vector<std::uint32_t> innermost_of_yours() const;

    /// By a filter of files.
    bool left_out(std::uint32_t stack) const { return filter_.left_out && (*filter_.left_out)[stack]; }

  private:
    const Recording& recording_;
    const Profile& profile_;
    const Places& places_;
    const StackLinks& links_;
    Filter filter_;
    Figures total_;
};

}  // namespace alloclens::core
