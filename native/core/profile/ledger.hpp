// What is live, was live at the peak, was allocated and was temporary, by stack, thread, allocator and region, in
// constant time an event.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/format/layout.hpp"
#include "figures.hpp"

namespace alloclens::core {

/// Who allocated, and when: generations count the times that `begin_generation` was called.
struct Who {
    std::uint32_t thread;
    format::Allocator allocator;
    std::uint32_t generation;
    std::uint32_t region;
};

/// The peak is not copied when it moves: an account remembers its live figures at the first change after a peak
/// was left, and `epoch_` counts the peaks that were left.
class Ledger {
  public:
    Ledger() : accounts_(1), links_(1), first_of_stack_(1, 0) {}
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    void add_stack() { first_of_stack_.push_back(0); }

    /// The account of a stack, the present thread and region, and an allocator. About 1 ns: mostly it is the stack's last one.
    std::uint32_t account(std::uint32_t stack, format::Allocator allocator) {
        const std::uint32_t who = (*whos_now_)[index_of(allocator)];
        const std::uint32_t first = first_of_stack_[stack];
        if (first != 0 && accounts_[first].who == who) [[likely]] return first;
        return find_account(stack, allocator);
    }

    void set_thread(std::uint32_t thread) {
        if (thread >= whos_of_thread_.size()) whos_of_thread_.resize(thread + 1);
        thread_ = thread;
        choose_whos();
    }
    void set_region(std::uint32_t region) {
        region_ = region;
        choose_whos();
    }

    /// What is allocated from now on gets accounts of its own.
    void begin_generation() {
        ++generation_;
        whos_of_thread_.assign(whos_of_thread_.size(), {});
        whos_in_region_.clear();
        choose_whos();
    }
    /// The moment of the highest heap is looked for anew.
    void begin_peak() {
        peak_ = heap_;
        at_peak_ = true;
    }

    /// A block was handed out. True when the heap is at its peak now (a tie too: the last moment counts).
    bool allocate(std::uint32_t number, std::uint64_t bytes) {
        accounts_[number].total_bytes += bytes;
        ++accounts_[number].total_allocations;
        return grow(number, bytes, 1);
    }

    /// As `allocate`, but nothing was asked for: a block is live again whose free did not happen.
    bool grow(std::uint32_t number, std::uint64_t bytes, std::uint32_t blocks) {
        Account& account = touch(number);
        account.live_bytes += bytes;
        account.live_blocks += blocks;
        heap_ += bytes;
        if (heap_ >= peak_) {
            peak_ = heap_;
            at_peak_ = true;
        }
        return at_peak_;
    }

    void shrink(std::uint32_t number, std::uint64_t bytes, std::uint32_t blocks) {
        if (at_peak_ && bytes != 0) {
            at_peak_ = false;
            ++epoch_;
        }
        Account& account = touch(number);
        account.live_bytes -= bytes;
        account.live_blocks -= blocks;
        heap_ -= bytes;
    }

    void add_temporary(std::uint32_t number, std::uint64_t bytes, std::uint32_t blocks) {
        accounts_[number].temporary_bytes += bytes;
        accounts_[number].temporary_allocations += blocks;
    }
    void take_back_temporary(std::uint32_t number, std::uint64_t bytes, std::uint32_t blocks) {
        accounts_[number].temporary_bytes -= bytes;
        accounts_[number].temporary_allocations -= blocks;
    }

    /// What an aggregate tells: first of all accounts, then of the whole.
    void restore(std::uint32_t stack, std::uint32_t thread, std::uint32_t region, format::Allocator allocator, const Figures& figures) {
        region_ = region;
        set_thread(thread);
        Account& account = accounts_[this->account(stack, allocator)];
        account.live_bytes = figures.unfreed.bytes;
        account.live_blocks = static_cast<std::uint32_t>(figures.unfreed.allocations);
        account.peak_bytes = figures.peak.bytes;
        account.peak_blocks = static_cast<std::uint32_t>(figures.peak.allocations);
        account.total_bytes = figures.total.bytes;
        account.total_allocations = figures.total.allocations;
        account.temporary_bytes = figures.temporary.bytes;
        account.temporary_allocations = figures.temporary.allocations;
        account.epoch = epoch_;
    }
    void restore(std::uint64_t heap, std::uint64_t peak) {
        heap_ = heap;
        peak_ = peak;
        at_peak_ = false;
    }

    std::uint64_t heap() const { return heap_; }
    std::uint64_t peak() const { return peak_; }
    bool at_peak() const { return at_peak_; }
    std::uint32_t generation() const { return generation_; }

    // Accounts count from 1.

    std::uint32_t accounts() const { return static_cast<std::uint32_t>(accounts_.size()); }
    std::uint32_t stack_of(std::uint32_t account) const { return links_[account].stack; }
    /// Number of a Who.
    std::uint32_t who_of(std::uint32_t account) const { return accounts_[account].who; }
    const std::vector<Who>& whos() const { return whos_; }
    /// 0: nothing was allocated there. A part of a run may end before a stack of the whole was met.
    std::uint32_t first_account(std::uint32_t stack) const { return stack < first_of_stack_.size() ? first_of_stack_[stack] : 0; }
    std::uint32_t next_account(std::uint32_t account) const { return links_[account].next; }

    Figures figures(std::uint32_t number) const {
        const Account& account = accounts_[number];
        const bool left = !at_peak_ && account.epoch == epoch_;
        Figures result;
        result.unfreed = {account.live_bytes, account.live_blocks};
        result.peak = left ? Amount{account.peak_bytes, account.peak_blocks} : result.unfreed;
        result.total = {account.total_bytes, account.total_allocations};
        result.temporary = {account.temporary_bytes, account.temporary_allocations};
        return result;
    }

  private:
    struct Account {
        std::uint64_t live_bytes = 0;
        std::uint64_t peak_bytes = 0;
        std::uint64_t total_bytes = 0;
        std::uint64_t total_allocations = 0;
        std::uint64_t temporary_bytes = 0;
        std::uint64_t temporary_allocations = 0;
        std::uint32_t live_blocks = 0;
        std::uint32_t peak_blocks = 0;
        std::uint32_t epoch = 0;
        std::uint32_t who = 0;
    };
    static_assert(sizeof(Account) == 64, "one line of the cache");

    /// The accounts of a stack are a list, the one used last in front.
    struct Link {
        std::uint32_t stack = 0;
        std::uint32_t next = 0;
    };

    /// Numbers of Who by allocator; 0 when there is none yet.
    static constexpr std::size_t kAllocators = 32;
    using Whos = std::array<std::uint32_t, kAllocators>;

    /// Those that no tracker writes share the last place.
    static std::size_t index_of(format::Allocator allocator) {
        return std::min<std::size_t>(static_cast<std::size_t>(allocator), kAllocators - 1);
    }

    void choose_whos() {
        if (region_ == 0) [[likely]] whos_now_ = &whos_of_thread_[thread_];
        else whos_now_ = &whos_in_region_[static_cast<std::uint64_t>(region_) << 32 | thread_];
    }

    std::uint32_t find_account(std::uint32_t stack, format::Allocator allocator) {
        std::uint32_t& who = (*whos_now_)[index_of(allocator)];
        if (who == 0) {
            who = static_cast<std::uint32_t>(whos_.size());
            whos_.push_back({thread_, allocator, generation_, region_});
        }
        std::uint32_t& first = first_of_stack_[stack];
        for (std::uint32_t before = first; before != 0; before = links_[before].next) {
            const std::uint32_t at = links_[before].next;
            if (at == 0 || accounts_[at].who != who) continue;
            links_[before].next = links_[at].next;
            links_[at].next = first;
            return first = at;
        }
        const auto number = accounts();
        accounts_.emplace_back();
        accounts_.back().epoch = epoch_ - 1;  // nothing was live at the peak
        touch(number).who = who;
        links_.push_back({stack, first});
        return first = number;
    }

    Account& touch(std::uint32_t number) {
        Account& account = accounts_[number];
        if (account.epoch != epoch_) {
            account.epoch = epoch_;
            account.peak_bytes = account.live_bytes;
            account.peak_blocks = account.live_blocks;
        }
        return account;
    }

    std::vector<Account> accounts_;
    std::vector<Link> links_;  ///< by account
    std::vector<std::uint32_t> first_of_stack_;
    std::vector<Who> whos_ = std::vector<Who>(1);
    std::vector<Whos> whos_of_thread_ = std::vector<Whos>(1);
    std::unordered_map<std::uint64_t, Whos> whos_in_region_;  ///< by region and thread
    Whos* whos_now_ = whos_of_thread_.data();
    std::uint32_t thread_ = 0;
    std::uint32_t region_ = 0;
    std::uint32_t generation_ = 0;
    std::uint64_t heap_ = 0;
    std::uint64_t peak_ = 0;
    bool at_peak_ = true;
    std::uint32_t epoch_ = 0;
};

}  // namespace alloclens::core
