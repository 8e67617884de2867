#include "block_scan.hpp"

namespace alloclens::core {

bool at_rest(File& file, std::uint64_t position, std::uint64_t limit) {
    const File::Piece piece = file.look(position, static_cast<std::size_t>(std::min<std::uint64_t>(limit - position, 64 * 1024)));
    if (std::all_of(piece.data, piece.data + piece.size, [](std::uint8_t byte) { return byte == 0; })) return true;
    format::BlockHeader header{};
    std::memcpy(&header, piece.data, std::min(piece.size, sizeof header));
    if (std::memcmp(&header.magic, &format::kBlockMagic, std::min(piece.size, sizeof header.magic)) != 0) return false;
    return piece.size < sizeof header || position + sizeof header + header.stored_size > limit;
}

}  // namespace alloclens::core
