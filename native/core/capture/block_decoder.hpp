// Hands the events of blocks to a visitor, block after block; a block that is still being filled is gone on with.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "core/format/event_decoder.hpp"
#include "decoded_events.hpp"

namespace alloclens::core {

template <class Visitor>
class BlockDecoder {
  public:
    explicit BlockDecoder(Visitor& visitor) : visitor_(visitor), decoder_(visitor) {}

    struct Outcome {
        /// Of a block that was begun, when it agrees with those before it.
        std::optional<format::EventsPreamble> begun;
        /// What is wrong with the block, of which nothing more is read then; empty when all is well.
        std::string problem;
    };

    /// `payload` has `size` bytes and format::kDecoderPadding zeros behind them. What was read of it before is skipped.
    /// `ahead` are its events, when they were decoded already.
    Outcome decode(std::uint64_t sequence, const std::uint8_t* payload, std::size_t size, const DecodedEvents* ahead = nullptr) {
        Outcome outcome;
        if (sequence != next_sequence_) go_to(sequence);
        if (broken_ || size < sizeof(format::EventsPreamble) || size <= consumed_) return outcome;
        if (consumed_ == 0) {
            format::EventsPreamble preamble;
            std::memcpy(&preamble, payload, sizeof preamble);
            if (!visitor_.begin_block(preamble)) {
                broken_ = true;
                outcome.problem = "a block contradicts the blocks before it";
                return outcome;
            }
            outcome.begun = preamble;
            decoder_.reset();
            consumed_ = sizeof preamble;
        }
        const auto stop = ahead && outcome.begun ? ahead->visit(payload, visitor_, decoder_) : decoder_.decode(payload + consumed_, payload + size);
        consumed_ = static_cast<std::size_t>(stop.at - payload);
        if (stop.problem) {
            broken_ = true;
            outcome.problem = "byte " + std::to_string(consumed_) + " of its events is " + stop.problem;
        }
        return outcome;
    }

    /// The block with this sequence number comes next.
    void go_to(std::uint64_t sequence) {
        next_sequence_ = sequence;
        consumed_ = 0;
        broken_ = false;
    }

    /// Of the block that is being read or comes next.
    std::uint64_t next_sequence() const { return next_sequence_; }
    /// Bytes of its payload that were read.
    std::size_t consumed() const { return consumed_; }

  private:
    Visitor& visitor_;
    format::EventDecoder<Visitor> decoder_;
    std::uint64_t next_sequence_ = 0;
    std::size_t consumed_ = 0;
    bool broken_ = false;
};

}  // namespace alloclens::core
