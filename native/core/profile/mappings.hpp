// Anonymous mappings that are live: they are cut, split, replaced and moved, unlike blocks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace alloclens::core {

/// Of a mapping: only what is heap counts. What is reserved becomes heap when it is made writable. What pymalloc maps for
/// the objects that it hands out is told apart: those count.
enum class MappingKind { other, reserved, heap, arena };

/// `Call` is what is known of the call that made heap, shared by the pieces that are left of it: together they count
/// as one block until the last is gone.
template <class Call>
class Mappings {
  public:
    void set_page_size(std::uint64_t bytes) { page_size_ = bytes; }

    /// What lay there was unmapped before. Nothing happens when there is no such place.
    void map_heap(std::uint64_t address, std::uint64_t length, const Call& call) {
        pieces_.emplace(address, Piece{address + length, std::make_shared<const Call>(call)});
    }
    void reserve(std::uint64_t address, std::uint64_t length) { pieces_.emplace(address, Piece{address + length, nullptr}); }

    /// Calls `removed(call, bytes, last)` for each piece of heap that goes; `last` when no other is left of its call.
    template <class Removed>
    void unmap(std::uint64_t address, std::uint64_t length, Removed&& removed) {
        each_part(address, end_of(address, length), [&](Piece& part, std::uint64_t bytes) {
            if (part.call) removed(*part.call, bytes, part.call.use_count() == 1);
            return false;
        });
    }

    /// Bytes there that are reserved.
    std::uint64_t reserved(std::uint64_t address, std::uint64_t length) {
        std::uint64_t bytes = 0;
        const std::uint64_t end = end_of(address, length);
        for (auto at = first_at(address); at != pieces_.end() && at->first < end; ++at) {
            if (!at->second.call) bytes += std::min(at->second.end, end) - std::max(at->first, address);
        }
        return bytes;
    }

    /// What is reserved there becomes one block of heap.
    void make_writable(std::uint64_t address, std::uint64_t length, const Call& call) {
        const auto shared = std::make_shared<const Call>(call);
        each_part(address, end_of(address, length), [&](Piece& part, std::uint64_t) {
            if (!part.call) part.call = shared;
            return true;
        });
    }

    /// Of the mapping at `address`, if its making was recorded and it is not `other`.
    std::optional<MappingKind> kind_at(std::uint64_t address) const {
        const auto after = pieces_.upper_bound(address);
        if (after == pieces_.begin() || std::prev(after)->second.end <= address) return std::nullopt;
        return std::prev(after)->second.call ? MappingKind::heap : MappingKind::reserved;
    }

  private:
    struct Piece {
        std::uint64_t end;
        std::shared_ptr<const Call> call;  ///< null: reserved
    };
    using Pieces = std::map<std::uint64_t, Piece>;

    typename Pieces::iterator first_at(std::uint64_t address) {
        const auto after = pieces_.upper_bound(address);
        return after != pieces_.begin() && std::prev(after)->second.end > address ? std::prev(after) : after;
    }

    /// Calls `change(piece, bytes)` for each piece's part within the range; the part is erased, or stays as it was changed.
    template <class Change>
    void each_part(std::uint64_t address, std::uint64_t end, Change&& change) {
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

    /// The kernel maps whole pages, while a piece ends where it was asked to end.
    std::uint64_t end_of(std::uint64_t address, std::uint64_t length) const {
        return address + length + (page_size_ - length % page_size_) % page_size_;
    }

    Pieces pieces_;  ///< by address; they never overlap
    std::uint64_t page_size_ = 4096;
};

}  // namespace alloclens::core
