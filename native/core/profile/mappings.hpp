// Anonymous writable mappings that are live: they are cut, split, replaced and moved, unlike blocks.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "ledger.hpp"

namespace alloclens::core {

class Mappings {
  public:
    explicit Mappings(Ledger& ledger) : ledger_(ledger) {}

    void set_page_size(std::uint64_t bytes) { page_size_ = bytes; }

    /// `heap` false: only what lay there before goes. True when the heap is at its peak now.
    bool map(std::uint32_t stack, bool heap, std::uint64_t address, std::uint64_t length);
    void unmap(std::uint64_t address, std::uint64_t length);

  private:
    struct Piece {
        std::uint64_t end;
        /// Stack of the call, shared by its pieces: they count as one block until the last is gone.
        std::shared_ptr<const std::uint32_t> call;
    };

    void remove(const Piece& piece, std::uint64_t bytes);

    Ledger& ledger_;
    std::map<std::uint64_t, Piece> pieces_;  ///< by address; they never overlap
    std::uint64_t page_size_ = 4096;
};

}  // namespace alloclens::core
