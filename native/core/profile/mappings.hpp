// Anonymous mappings that are live: they are cut, split, replaced and moved, unlike blocks.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "ledger.hpp"

namespace alloclens::core {

/// Of a mapping: only what is heap counts. What is reserved becomes heap when it is made writable.
enum class MappingKind { other, reserved, heap };

class Mappings {
  public:
    explicit Mappings(Ledger& ledger) : ledger_(ledger) {}

    void set_page_size(std::uint64_t bytes) { page_size_ = bytes; }

    /// What lay there before goes. True when the heap is at its peak now.
    bool map(std::uint32_t stack, MappingKind kind, std::uint64_t address, std::uint64_t length);
    void unmap(std::uint64_t address, std::uint64_t length);
    /// What is reserved there becomes one block of heap. True when the heap is at its peak now.
    bool make_writable(std::uint32_t stack, std::uint64_t address, std::uint64_t length);

    /// Of the mapping at `address`, if its making was recorded and it is not `other`.
    std::optional<MappingKind> kind_at(std::uint64_t address) const;

  private:
    struct Piece {
        std::uint64_t end;
        /// Stack of the call, shared by its pieces: they count as one block until the last is gone. Null: reserved.
        std::shared_ptr<const std::uint32_t> call;
    };
    using Pieces = std::map<std::uint64_t, Piece>;

    Pieces::iterator first_at(std::uint64_t address);
    /// Calls `change(piece, bytes)` for each piece's part within the range; the part is erased, or stays as it was changed.
    template <class Change>
    void each_part(std::uint64_t address, std::uint64_t end, Change change);
    /// The kernel maps whole pages, while a piece ends where it was asked to end.
    std::uint64_t end_of(std::uint64_t address, std::uint64_t length) const;

    Ledger& ledger_;
    Pieces pieces_;  ///< by address; they never overlap
    std::uint64_t page_size_ = 4096;
};

}  // namespace alloclens::core
