// From each stack to those called from it: to walk the tree of stacks downwards.
#pragma once

#include <cstdint>
#include "core/profile/program.hpp"

namespace alloclens::core {

/// Stacks are numbered from 1, parents first; 0 is memory without Python frames and the root of the tree.
class StackLinks {
  public:
    /// Takes the stacks that came since.
    void update(const Program& program) {
        const auto stacks = static_cast<std::uint32_t>(program.stacks.size());
        first_child_.resize(stacks, 0);
        next_sibling_.resize(stacks, 0);
        for (; next_ < stacks; ++next_) {
            std::uint32_t& first = first_child_[program.stacks[next_].parent];
            next_sibling_[next_] = first;
            first = next_;
        }
    }

    std::uint32_t stacks() const { return next_; }
    std::uint32_t first_child(std::uint32_t stack) const { return first_child_[stack]; }
    std::uint32_t next_sibling(std::uint32_t stack) const { return next_sibling_[stack]; }

  private:
    Growing<std::uint32_t> first_child_;
    Growing<std::uint32_t> next_sibling_;
    std::uint32_t next_ = 1;
};

}  // namespace alloclens::core
