// The events of a block as another thread has decoded them: allocations and frees in plain words, which a visitor takes
// twice as fast as their bytes; all others are left where they stand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/format/event_decoder.hpp"

namespace alloclens::core {

class DecodedEvents {
  public:
    /// `payload` has `size` bytes, its preamble first, and format::kDecoderPadding zeros behind them.
    void decode(const std::uint8_t* payload, std::size_t size);

    /// As `decoder.decode` of the same payload behind its preamble, which calls the visitor of `decoder`.
    template <class Visitor>
    typename format::EventDecoder<Visitor>::Stop visit(const std::uint8_t* payload, Visitor& visitor, format::EventDecoder<Visitor>& decoder) const {
        const std::uint8_t* const end = payload + stop_;
        std::size_t allocations = 0;
        for (const std::uint64_t *at = words_.get(), *const last = at + count_; at != last;) {
            const std::uint64_t word = *at++, address = word & kAddress;
            switch (static_cast<Kind>(word >> kKindShift)) {
                case Kind::allocation: {
                    const std::uint64_t what = *at++;
                    ++allocations;
                    if (!visitor.allocation(static_cast<std::uint32_t>(what), what >> 32 & kShortSize, static_cast<format::Allocator>(what >> 56), address)) {
                        return {allocation_at(payload, allocations), decoder.kUndefined};
                    }
                    break;
                }
                case Kind::long_allocation: {
                    const std::uint64_t what = *at++, size = *at++;
                    ++allocations;
                    if (!visitor.allocation(static_cast<std::uint32_t>(what), size, static_cast<format::Allocator>(what >> 56), address)) {
                        return {allocation_at(payload, allocations), decoder.kUndefined};
                    }
                    break;
                }
                case Kind::free: visitor.free(address, false); break;
                case Kind::free_for_realloc: visitor.free(address, true); break;
                case Kind::control: {
                    const auto stop = decoder.decode_control(payload + address, end, static_cast<std::uint32_t>(*at++));
                    if (stop.problem) return stop;
                }
            }
        }
        return {end, problem_};
    }

  private:
    enum class Kind : std::uint8_t { allocation, long_allocation, free, free_for_realloc, control };
    struct Writer;

    static constexpr unsigned kKindShift = 56;
    static constexpr std::uint64_t kAddress = (1ull << kKindShift) - 1;  ///< or where in the payload a control event stands
    static constexpr std::uint64_t kShortSize = (1ull << 24) - 1;
    /// A byte is an event at most, and an event these.
    static constexpr std::size_t kWordsOfEvent = 3;

    /// Where the allocation with that number stands, from 1.
    static const std::uint8_t* allocation_at(const std::uint8_t* payload, std::size_t number);

    /// Room for as many as a block can have: what is not used has no memory.
    std::unique_ptr<std::uint64_t[]> words_;
    std::size_t count_ = 0;
    std::size_t stop_ = 0;  ///< in the payload: where no whole event follows
    const char* problem_ = nullptr;
};

}  // namespace alloclens::core
