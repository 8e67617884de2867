// Goes once more through the events that a reader has read, for what it did not keep.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "block.hpp"
#include "block_decoder.hpp"
#include "core/session.hpp"
#include "event_index.hpp"
#include "file.hpp"

namespace alloclens::core {

/// The visitor has `ended()`: the rest does not matter to it.
template <class Visitor>
class Replay {
  public:
    explicit Replay(Visitor& visitor) : visitor_(visitor), decoder_(visitor) {}

    /// Reads on to where the reader is. Throws Error("cancelled"); the next call goes on.
    void catch_up(const File& same, const EventIndex& index, const Progress& progress) {
        const std::size_t count = index.blocks.size();
        if (next_ == count || visitor_.ended()) return;
        File file(same);
        const std::uint64_t size = file.size();
        const std::size_t first = next_;
        for (; next_ < count && !visitor_.ended(); ++next_) {
            const EventIndex::Block& block = index.blocks[next_];
            report(progress, size / (count - first) * (next_ - first), size);
            if (block.payload.empty()) {
                read(file, block, size);
                continue;
            }
            decoder_.decode(block.sequence, block.payload.data(), block.payload.size() - format::kDecoderPadding);
            if (next_ + 1 == count) break;  // there will be more of it
        }
    }

  private:
    void read(File& file, const EventIndex::Block& where, std::uint64_t size) {
        const auto block = read_block(file, where.offset, size);
        if (!block || !unpack(*block, payload_)) throw Error("io", file.path() + " was changed while it was open. Open it again.");
        decoder_.decode(where.sequence, payload_.data(), block->header.raw_size);
    }

    void report(const Progress& progress, std::uint64_t done, std::uint64_t total) {
        const auto now = std::chrono::steady_clock::now();
        if (!progress || now - told_ < std::chrono::milliseconds(50)) return;
        told_ = now;
        if (!progress(done, total)) throw Error("cancelled", "Reading the capture was cancelled.");
    }

    Visitor& visitor_;
    BlockDecoder<Visitor> decoder_;
    std::vector<std::uint8_t> payload_;
    std::size_t next_ = 0;
    std::chrono::steady_clock::time_point told_ = std::chrono::steady_clock::now();
};

}  // namespace alloclens::core
