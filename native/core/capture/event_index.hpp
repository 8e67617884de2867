// Where the events are that a reader has read.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace alloclens::core {

struct EventIndex {
    struct Block {
        std::uint64_t offset;  ///< in the file
        std::uint64_t sequence;
        /// Of a block that was not finished when it was read: its payload up to there, with padding.
        std::vector<std::uint8_t> payload;
    };

    /// A block, or more of the last one.
    void put(Block block) {
        if (!blocks.empty() && blocks.back().sequence == block.sequence) blocks.back() = std::move(block);
        else blocks.push_back(std::move(block));
    }

    std::uint64_t next_sequence() const { return blocks.empty() ? 0 : blocks.back().sequence + 1; }

    std::vector<Block> blocks;  ///< in their order
};

}  // namespace alloclens::core
