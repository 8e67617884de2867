// A model of what a part of a run is: too simple to be wrong.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>

#include "core/profile/figures.hpp"
#include "core/profile/part.hpp"

namespace alloclens::core::testing {

/// Blocks have numbers that are never used again.
class Model {
  public:
    struct Key {
        std::uint32_t stack, thread, allocator;
        auto operator<=>(const Key&) const = default;
    };

    explicit Model(Part part = {}) : part_(part) { time(0); }

    void time(std::uint64_t now_us) {
        if (!begun_ && now_us >= part_.from_us) {
            begun_ = true;
            peak_ = heap_;
            at_peak_ = live_;
            peak_time_us = part_.from_us;
        }
        if (now_us >= part_.to_us) ended_ = true;
        now_us_ = now_us;
    }

    void allocate(std::uint64_t number, const Key& key, std::uint64_t bytes) {
        if (ended_) return;
        blocks_[number] = {key, begun_, ++allocations_[key.thread]};
        if (begun_) figures_[key].total += {bytes, 1};
        grow(number, bytes, 1);
    }
    /// Bytes are live (again); `blocks` is 1 with the first of them.
    void grow(std::uint64_t number, std::uint64_t bytes, std::uint64_t blocks) {
        if (ended_) return;
        change(number, {bytes, blocks}, true);
    }
    /// Returns whether that was temporary.
    bool free(std::uint64_t number, std::uint64_t bytes, std::uint64_t blocks, bool seen = true) {
        if (ended_) return false;
        const Block& block = blocks_.at(number);
        const bool temporary = seen && allocations_[block.key.thread] - block.count < part_.temporary_threshold;
        if (temporary && block.inside) figures_[block.key].temporary += {bytes, blocks};
        change(number, {bytes, blocks}, false);
        return temporary;
    }
    void not_freed(std::uint64_t number, std::uint64_t bytes, bool was_temporary) {
        if (ended_) return;
        const Block& block = blocks_.at(number);
        if (was_temporary && block.inside) figures_[block.key].temporary -= {bytes, 1};
        grow(number, bytes, 1);
    }

    /// Only what is not zero.
    std::map<Key, Figures> figures() const {
        std::map<Key, Figures> result = figures_;
        for (const auto& [key, amount] : begun_ ? at_peak_ : live_) result[key].peak = amount;
        std::erase_if(result, [](const auto& entry) { return entry.second.empty(); });
        return result;
    }
    std::uint64_t peak() const { return begun_ ? peak_ : heap_; }
    std::uint64_t heap() const { return heap_; }
    const Part& part() const { return part_; }
    std::uint64_t peak_time_us = 0;

  private:
    struct Block {
        Key key;
        bool inside;
        std::uint64_t count;
    };

    void change(std::uint64_t number, const Amount& amount, bool more) {
        const Block& block = blocks_.at(number);
        const auto add = [&](Amount& to) { more ? to += amount : to -= amount; };
        add(live_[block.key]);
        if (block.inside) add(figures_[block.key].unfreed);
        heap_ = more ? heap_ + amount.bytes : heap_ - amount.bytes;
        if (!begun_ || heap_ < peak_) return;
        peak_ = heap_;
        at_peak_ = live_;
        if (more) peak_time_us = now_us_;
    }

    Part part_;
    bool begun_ = false, ended_ = false;
    std::uint64_t now_us_ = 0, heap_ = 0, peak_ = 0;
    std::map<std::uint64_t, Block> blocks_;
    std::map<std::uint32_t, std::uint64_t> allocations_;
    std::map<Key, Amount> live_, at_peak_;
    std::map<Key, Figures> figures_;
};

}  // namespace alloclens::core::testing
