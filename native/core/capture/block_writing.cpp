#include "block_writing.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zstd.h>

namespace alloclens::core {

std::string made_block(format::BlockKind kind, std::uint64_t sequence, const void* payload, std::size_t size) {
    std::string stored(ZSTD_compressBound(size), '\0');
    stored.resize(ZSTD_compress(stored.data(), stored.size(), payload, size, 3));
    format::BlockHeader header{format::kBlockMagic, kind, format::Codec::zstd, static_cast<std::uint32_t>(size),
                               static_cast<std::uint32_t>(stored.size()), sequence, 0};
    const XXH64_hash_t seed = XXH3_64bits(&header, offsetof(format::BlockHeader, checksum));
    header.checksum = XXH3_64bits_withSeed(stored.data(), stored.size(), seed);
    return std::string(reinterpret_cast<const char*>(&header), sizeof header) + stored;
}

}  // namespace alloclens::core
