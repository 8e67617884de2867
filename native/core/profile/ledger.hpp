// What is live and was live at the peak, per stack, in constant time an event.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "figures.hpp"

namespace alloclens::core {

/// The peak is not copied when it moves: an account remembers its live figures at the first change after a peak
/// was left, and `epoch_` counts the peaks that were left.
class Ledger {
  public:
    Ledger() : accounts_(1) {}

    void add_stack() { accounts_.emplace_back(); }

    /// A block was handed out. True when the heap is at its peak now (a tie too: the last moment counts).
    bool allocate(std::uint32_t stack, std::uint64_t bytes) {
        accounts_[stack].total_bytes += bytes;
        ++accounts_[stack].total_allocations;
        return grow(stack, bytes, 1);
    }

    /// As `allocate`, but nothing was asked for: a block is live again whose free did not happen.
    bool grow(std::uint32_t stack, std::uint64_t bytes, std::uint32_t blocks) {
        Account& account = touch(stack);
        account.live_bytes += bytes;
        account.live_blocks += blocks;
        heap_ += bytes;
        if (heap_ >= peak_) {
            peak_ = heap_;
            at_peak_ = true;
        }
        return at_peak_;
    }

    void shrink(std::uint32_t stack, std::uint64_t bytes, std::uint32_t blocks) {
        if (at_peak_ && bytes != 0) {
            at_peak_ = false;
            ++epoch_;
        }
        Account& account = touch(stack);
        account.live_bytes -= bytes;
        account.live_blocks -= blocks;
        heap_ -= bytes;
    }

    std::uint64_t heap() const { return heap_; }
    std::uint64_t peak() const { return peak_; }
    bool at_peak() const { return at_peak_; }
    std::size_t stacks() const { return accounts_.size(); }

    Figures figures(std::uint32_t stack) const {
        const Account& account = accounts_[stack];
        const bool left = !at_peak_ && account.epoch == epoch_;
        Figures result;
        result.unfreed = {account.live_bytes, account.live_blocks};
        result.peak = left ? Amount{account.peak_bytes, account.peak_blocks} : result.unfreed;
        result.total = {account.total_bytes, account.total_allocations};
        return result;
    }

  private:
    struct Account {
        std::uint64_t live_bytes = 0;
        std::uint64_t peak_bytes = 0;
        std::uint64_t total_bytes = 0;
        std::uint64_t total_allocations = 0;
        std::uint32_t live_blocks = 0;
        std::uint32_t peak_blocks = 0;
        std::uint32_t epoch = 0;
    };

    Account& touch(std::uint32_t stack) {
        Account& account = accounts_[stack];
        if (account.epoch != epoch_) {
            account.epoch = epoch_;
            account.peak_bytes = account.live_bytes;
            account.peak_blocks = account.live_blocks;
        }
        return account;
    }

    std::vector<Account> accounts_;  ///< by stack; 0 has no Python frame
    std::uint64_t heap_ = 0;
    std::uint64_t peak_ = 0;
    bool at_peak_ = true;
    std::uint32_t epoch_ = 0;
};

}  // namespace alloclens::core
