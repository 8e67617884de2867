#include "mappings.hpp"

#include <algorithm>
#include <utility>

namespace alloclens::core {

bool Mappings::map(std::uint32_t stack, MappingKind kind, std::uint64_t address, std::uint64_t length) {
    unmap(address, length);
    const std::uint64_t end = address + length;
    if (kind == MappingKind::other || end <= address) return ledger_.at_peak();
    const bool heap = kind == MappingKind::heap;
    pieces_.emplace(address, Piece{end, heap ? std::make_shared<const std::uint32_t>(stack) : nullptr});
    return heap ? ledger_.allocate(stack, length) : ledger_.at_peak();
}

void Mappings::unmap(std::uint64_t address, std::uint64_t length) {
    each_part(address, end_of(address, length), [this](Piece& part, std::uint64_t bytes) {
        const bool last = part.call.use_count() == 1;
        if (part.call) ledger_.shrink(*part.call, bytes, last ? 1 : 0);
        return false;
    });
}

bool Mappings::make_writable(std::uint32_t stack, std::uint64_t address, std::uint64_t length) {
    const auto call = std::make_shared<const std::uint32_t>(stack);
    std::uint64_t opened = 0;
    each_part(address, end_of(address, length), [&](Piece& part, std::uint64_t bytes) {
        if (!part.call) {
            part.call = call;
            opened += bytes;
        }
        return true;
    });
    return opened ? ledger_.allocate(stack, opened) : ledger_.at_peak();
}

std::optional<MappingKind> Mappings::kind_at(std::uint64_t address) const {
    const auto after = pieces_.upper_bound(address);
    if (after == pieces_.begin() || std::prev(after)->second.end <= address) return std::nullopt;
    return std::prev(after)->second.call ? MappingKind::heap : MappingKind::reserved;
}

std::uint64_t Mappings::end_of(std::uint64_t address, std::uint64_t length) const {
    return address + length + (page_size_ - length % page_size_) % page_size_;
}

Mappings::Pieces::iterator Mappings::first_at(std::uint64_t address) {
    const auto after = pieces_.upper_bound(address);
    return after != pieces_.begin() && std::prev(after)->second.end > address ? std::prev(after) : after;
}

template <class Change>
void Mappings::each_part(std::uint64_t address, std::uint64_t end, Change change) {
    if (end <= address) return;
    auto at = first_at(address);
    while (at != pieces_.end() && at->first < end) {
        const std::uint64_t begin = at->first;
        Piece piece = std::move(at->second);
        at = pieces_.erase(at);
        if (begin < address) pieces_.emplace_hint(at, begin, Piece{address, piece.call});
        if (piece.end > end) at = pieces_.emplace_hint(at, end, Piece{piece.end, piece.call});
        Piece part{std::min(piece.end, end), std::move(piece.call)};
        const std::uint64_t from = std::max(begin, address);
        if (change(part, part.end - from)) pieces_.emplace(from, std::move(part));
    }
}

}  // namespace alloclens::core
