#include "mappings.hpp"

#include <algorithm>
#include <utility>

namespace alloclens::core {

bool Mappings::map(std::uint32_t stack, bool heap, std::uint64_t address, std::uint64_t length) {
    unmap(address, length);
    const std::uint64_t end = address + length;
    if (!heap || end <= address) return ledger_.at_peak();
    pieces_.emplace(address, Piece{end, std::make_shared<const std::uint32_t>(stack)});
    return ledger_.allocate(stack, length);
}

/// The kernel unmaps whole pages, while a piece ends where it was asked to end.
void Mappings::unmap(std::uint64_t address, std::uint64_t length) {
    const std::uint64_t end = address + length + (page_size_ - length % page_size_) % page_size_;
    if (end <= address) return;
    auto at = pieces_.upper_bound(address);
    if (at != pieces_.begin() && std::prev(at)->second.end > address) --at;
    while (at != pieces_.end() && at->first < end) {
        const std::uint64_t begin = at->first;
        Piece piece = std::move(at->second);
        at = pieces_.erase(at);
        if (begin < address) pieces_.emplace(begin, Piece{address, piece.call});
        if (piece.end > end) at = pieces_.emplace(end, Piece{piece.end, piece.call}).first;
        remove(piece, std::min(piece.end, end) - std::max(begin, address));
    }
}

void Mappings::remove(const Piece& piece, std::uint64_t bytes) {
    const bool last = piece.call.use_count() == 1;
    ledger_.shrink(*piece.call, bytes, last ? 1 : 0);
}

}  // namespace alloclens::core
