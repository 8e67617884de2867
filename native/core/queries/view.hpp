// The tree of stacks with its figures, as it stood after the last update.
#pragma once

#include <cstdint>
#include <vector>

#include "core/capture/recording.hpp"
#include "places.hpp"

namespace alloclens::core {

class View {
  public:
    View(const Recording& recording, const Places& places);

    const Recording& recording() const { return recording_; }
    const Places& places() const { return places_; }

    /// Stacks are numbered from 1, parents first; 0 is memory without Python frames and the root of the tree.
    std::uint32_t stacks() const { return static_cast<std::uint32_t>(with_callees_.size()); }
    std::uint32_t parent(std::uint32_t stack) const { return recording_.profile.program().stacks[stack].parent; }
    std::uint32_t first_child(std::uint32_t stack) const { return first_child_[stack]; }
    std::uint32_t next_sibling(std::uint32_t stack) const { return next_sibling_[stack]; }
    std::uint32_t place(std::uint32_t stack) const { return places_.of(stack); }

    Figures own(std::uint32_t stack) const { return recording_.profile.ledger().figures(stack); }
    const Figures& with_callees(std::uint32_t stack) const { return with_callees_[stack]; }
    const Figures& total() const { return with_callees_[0]; }

    /// Calls `found(stack, key)` for each stack that has a key which none of its callers has, so that recursion counts
    /// once. `key_of(place)` is below `keys`, 0 for none.
    template <class KeyOf, class Found>
    void outermost(std::uint32_t keys, KeyOf&& key_of, Found&& found) const {
        outermost_stacks(keys, [&](std::uint32_t stack) { return key_of(place(stack)); }, found);
    }

    /// The same with keys of stacks.
    template <class KeyOf, class Found>
    void outermost_stacks(std::uint32_t keys, KeyOf&& key_of, Found&& found) const {
        std::vector<std::uint32_t> active(keys, 0);
        std::uint32_t at = first_child_[0];
        while (at != 0) {
            const std::uint32_t key = key_of(at);
            if (key != 0 && active[key]++ == 0) found(at, key);
            if (first_child_[at] != 0) {
                at = first_child_[at];
                continue;
            }
            for (;;) {
                const std::uint32_t left = key_of(at);
                if (left != 0) --active[left];
                if (next_sibling_[at] != 0) {
                    at = next_sibling_[at];
                    break;
                }
                at = parent(at);
                if (at == 0) break;
            }
        }
    }

    /// By stack: the place of the innermost frame of the user's own code, 0 when there is none.
    std::vector<std::uint32_t> innermost_of_yours() const;

  private:
    const Recording& recording_;
    const Places& places_;
    std::vector<Figures> with_callees_;
    std::vector<std::uint32_t> first_child_;
    std::vector<std::uint32_t> next_sibling_;
};

}  // namespace alloclens::core
