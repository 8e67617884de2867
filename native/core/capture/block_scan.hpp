// Walks over all whole blocks of a capture, also behind damage, without understanding them.
#pragma once

#include <algorithm>
#include <cstring>

#include "block.hpp"

namespace alloclens::core {

/// Whether from `position` on lies a block that was cut, or nothing: what a program leaves that was killed.
bool at_rest(File& file, std::uint64_t position, std::uint64_t limit);

/// Calls `whole(block)` for each, and `damaged(offset, end)` for what lies between them and is no block.
template <class Whole, class Damaged>
void scan_blocks(File& file, std::uint64_t begin, std::uint64_t limit, Whole&& whole, Damaged&& damaged) {
    for (std::uint64_t position = begin; position < limit;) {
        if (const auto block = read_block(file, position, limit)) {
            position = block->end();
            whole(*block);
            continue;
        }
        const auto next = find_block(file, position, limit);
        if (!next) {
            if (!at_rest(file, position, limit)) damaged(position, limit);
            return;
        }
        damaged(position, next->offset);
        position = next->offset;
    }
}

}  // namespace alloclens::core
