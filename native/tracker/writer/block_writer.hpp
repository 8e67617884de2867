// Blocks of a capture: compressed in memory of its own, then written to the file in one piece.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/format/layout.hpp"
#include "tracker/pages.hpp"

struct ZSTD_CCtx_s;

namespace alloclens::tracker {

class BlockWriter {
  public:
    /// Of a payload, at most.
    static constexpr std::size_t kMaxPayload = 2 * 1024 * 1024;

    /// False when there is no memory.
    bool prepare();

    /// A finished block, header and payload, valid until the next call. `size` is at most kMaxPayload.
    struct Block {
        const void* data;
        std::size_t size;
    };
    Block pack(format::BlockKind kind, std::uint64_t sequence, const void* payload, std::size_t size);

  private:
    Pages workspace_;
    Pages output_;
    ZSTD_CCtx_s* context_ = nullptr;
};

}  // namespace alloclens::tracker
