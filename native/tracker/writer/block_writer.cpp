#include "block_writer.hpp"

#include <cstring>

#define ZSTD_STATIC_LINKING_ONLY  // for a context in memory that we give: zstd must not call malloc here
#include <xxhash.h>
#include <zstd.h>

namespace alloclens::tracker {
namespace {

/// Level 1 takes 1.5 to 8 ns an event and leaves 0.1 to 0.8 bytes of it, level 2 up to 10 ns for 5 % less, level −3 up to
/// 6 ns for 10 to 25 % more.
constexpr int kLevel = 1;

}  // namespace

bool BlockWriter::prepare() {
    if (context_) return true;
    workspace_ = Pages(ZSTD_estimateCCtxSize(kLevel));
    output_ = Pages(sizeof(format::BlockHeader) + ZSTD_compressBound(kMaxPayload));
    if (!workspace_ || !output_) return false;
    context_ = ZSTD_initStaticCCtx(workspace_.as<void>(), workspace_.size());
    return context_ != nullptr;
}

BlockWriter::Block BlockWriter::pack(format::BlockKind kind, std::uint64_t sequence, const void* payload, std::size_t size) {
    const KeepErrno keep;
    auto* const header = output_.as<format::BlockHeader>();
    char* const stored = output_.as<char>() + sizeof *header;
    const std::size_t room = output_.size() - sizeof *header;
    std::size_t stored_size = ZSTD_compressCCtx(context_, stored, room, payload, size, kLevel);
    format::Codec codec = format::Codec::zstd;
    if (ZSTD_isError(stored_size) || stored_size >= size) {
        std::memcpy(stored, payload, size);
        stored_size = size;
        codec = format::Codec::raw;
    }
    *header = {format::kBlockMagic, kind, codec, static_cast<std::uint32_t>(size), static_cast<std::uint32_t>(stored_size), sequence, 0};
    const XXH64_hash_t seed = XXH3_64bits(header, offsetof(format::BlockHeader, checksum));
    header->checksum = XXH3_64bits_withSeed(stored, stored_size, seed);
    return {header, sizeof *header + stored_size};
}

}  // namespace alloclens::tracker
