#include "block.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>

#include "core/format/event_decoder.hpp"

namespace alloclens::core {

namespace {

constexpr std::size_t kHashedHeader = offsetof(format::BlockHeader, checksum);

bool plausible(const format::BlockHeader& header) {
    using format::BlockKind;
    using format::Codec;
    if (header.magic != format::kBlockMagic) return false;
    // Kinds that we don't know are blocks, too: they are whole, and passed over.
    if (header.kind < BlockKind::metadata || header.kind > format::kLastBlockKind) return false;
    if (header.codec != Codec::raw && header.codec != Codec::zstd) return false;
    if (header.codec == Codec::raw && header.raw_size != header.stored_size) return false;
    // zstd's frame and its tables may make what can't be compressed a little longer.
    if (header.stored_size > format::kMaxRawBlock + 128 * 1024) return false;
    return header.raw_size <= (header.kind == BlockKind::events ? format::kEventsCapacity : format::kMaxRawBlock);
}

std::optional<format::BlockHeader> read_header(File& file, std::uint64_t offset, std::uint64_t limit) {
    format::BlockHeader header;
    if (limit < sizeof header || offset > limit - sizeof header) return std::nullopt;
    const File::Piece piece = file.look(offset, sizeof header);
    if (piece.size < sizeof header) return std::nullopt;
    std::memcpy(&header, piece.data, sizeof header);
    if (!plausible(header) || header.stored_size > limit - sizeof header - offset) return std::nullopt;
    return header;
}

}  // namespace

std::optional<Block> read_block(File& file, std::uint64_t offset, std::uint64_t limit) {
    const auto header = read_header(file, offset, limit);
    if (!header) return std::nullopt;
    const File::Piece piece = file.look(offset + sizeof *header, header->stored_size);
    if (piece.size < header->stored_size) return std::nullopt;
    const XXH64_hash_t seed = XXH3_64bits(&*header, kHashedHeader);
    if (XXH3_64bits_withSeed(piece.data, piece.size, seed) != header->checksum) return std::nullopt;
    return Block{*header, offset, piece.data};
}

std::optional<Block> find_block(File& file, std::uint64_t offset, std::uint64_t limit) {
    constexpr std::size_t kStep = 64 * 1024;
    const std::uint64_t first_byte = format::kBlockMagic & 0xFF;
    std::uint64_t budget = 8 * (limit - std::min(offset, limit)) + 4 * format::kMaxRawBlock;
    for (std::uint64_t at = offset + 1; at < limit;) {
        const File::Piece piece = file.look(at, static_cast<std::size_t>(std::min<std::uint64_t>(kStep, limit - at)));
        if (piece.size == 0) break;
        const void* const hit = std::memchr(piece.data, static_cast<int>(first_byte), piece.size);
        if (!hit) {
            at += piece.size;
            continue;
        }
        at += static_cast<std::uint64_t>(static_cast<const std::uint8_t*>(hit) - piece.data);
        if (const auto header = read_header(file, at, limit)) {
            if (header->stored_size > budget) break;
            budget -= header->stored_size;
            if (auto block = read_block(file, at, limit)) return block;
        }
        ++at;
    }
    return std::nullopt;
}

bool unpack(const Block& block, std::vector<std::uint8_t>& payload) {
    const format::BlockHeader& header = block.header;
    payload.resize(header.raw_size + format::kDecoderPadding);
    std::memset(payload.data() + header.raw_size, 0, format::kDecoderPadding);
    if (header.codec == format::Codec::raw) {
        if (header.raw_size) std::memcpy(payload.data(), block.stored, header.raw_size);
        return true;
    }
    return ZSTD_decompress(payload.data(), header.raw_size, block.stored, header.stored_size) == header.raw_size;
}

}  // namespace alloclens::core
