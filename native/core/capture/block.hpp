// One block of the file: whole or not, and its payload.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/format/layout.hpp"
#include "file.hpp"

namespace alloclens::core {

struct Block {
    format::BlockHeader header;
    std::uint64_t offset;           ///< of the header
    const std::uint8_t* stored;     ///< in the file's buffer
    std::uint64_t end() const { return offset + sizeof header + header.stored_size; }
};

/// The whole block at `offset`, or nothing. `limit` is where blocks must end.
std::optional<Block> read_block(File& file, std::uint64_t offset, std::uint64_t limit);

/// The first whole block behind `offset`. Gives up when looking costs too much, which only a crafted file does.
std::optional<Block> find_block(File& file, std::uint64_t offset, std::uint64_t limit);

/// Decompresses into `payload`, which gets format::kDecoderPadding zero bytes more. False when it is damaged.
bool unpack(const Block& block, std::vector<std::uint8_t>& payload);

}  // namespace alloclens::core
