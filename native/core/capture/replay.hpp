// Goes once more through the events that a reader has read, for what it did not keep.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "block.hpp"
#include "block_decoder.hpp"
#include "blocks_ahead.hpp"
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
        BlocksAhead blocks(file, size - std::min(size, index.blocks[first].offset), [&index, size, next = first](File& from) mutable {
            while (next < index.blocks.size() && !index.blocks[next].payload.empty()) ++next;
            return next < index.blocks.size() ? read_block(from, index.blocks[next++].offset, size) : std::nullopt;
        });
        for (; next_ < count && !visitor_.ended(); ++next_) {
            const EventIndex::Block& block = index.blocks[next_];
            report(progress, size / (count - first) * (next_ - first), size);
            if (block.payload.empty()) {
                if (!blocks.take(read_) || !read_.unpacked) throw Error("io", file.path() + " was changed while it was open. Open it again.");
                decoder_.decode(block.sequence, read_.payload.data(), read_.block.header.raw_size, read_.ahead());
                continue;
            }
            decoder_.decode(block.sequence, block.payload.data(), block.payload.size() - format::kDecoderPadding);
            if (next_ + 1 == count) break;  // there will be more of it
        }
    }

  private:
    void report(const Progress& progress, std::uint64_t done, std::uint64_t total) {
        const auto now = std::chrono::steady_clock::now();
        if (!progress || now - told_ < std::chrono::milliseconds(50)) return;
        told_ = now;
        if (!progress(done, total)) throw Error("cancelled", "Reading the capture was cancelled.");
    }

    Visitor& visitor_;
    BlockDecoder<Visitor> decoder_;
    ReadBlock read_;
    std::size_t next_ = 0;
    std::chrono::steady_clock::time_point told_ = std::chrono::steady_clock::now();
};

}  // namespace alloclens::core
