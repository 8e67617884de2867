// What is live, was live at the peak, was allocated and was temporary, by stack, thread, allocator and region, in
// constant time an event.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/format/layout.hpp"
#include "accounts.hpp"
#include "figures.hpp"
#include "growing.hpp"

namespace alloclens::core {

/// Who allocated, and when: generations count the times that `begin_generation` was called.
struct Who {
    std::uint32_t thread;
    format::Allocator allocator;
    std::uint32_t generation;
    std::uint32_t region;
    std::uint32_t size_class = 0;  ///< 0: sizes are not kept apart

    bool same_but_for_generation(const Who& other) const {
        return thread == other.thread && allocator == other.allocator && region == other.region;
    }
};

/// The peak is not copied when it moves: accounts remember it, see Accounts.
class Ledger {
  public:
    Ledger() { choose_whos(); }
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    void add_stack() { first_of_stack_.push_back(0); }

    /// Of a size: 1 for no bytes, then by powers of two.
    static std::uint32_t size_class(std::uint64_t bytes) { return 1 + static_cast<std::uint32_t>(std::bit_width(bytes)); }

    /// Before the first allocation: those of different size classes get different accounts.
    void keep_sizes_apart() {
        classes_ = kClasses;
        forget_whos();
    }

    /// The account of a stack, the present thread and region, and an allocator. About 1 ns: mostly it was used just before.
    std::uint32_t account(std::uint32_t stack, format::Allocator allocator, std::uint64_t size) {
        const std::uint32_t who = whos_now_[place_of(allocator, size)];
        const Recent& recent = recent_[Recent::place(who, stack)];
        if (recent.stack == stack && recent.who == who) [[likely]] return recent.account;
        return find_account(stack, allocator, size);
    }

    void set_thread(std::uint32_t thread) {
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
        forget_whos();
    }
    /// The moment of the highest heap is looked for anew.
    void begin_peak() {
        peak_ = heap_;
        at_peak_ = true;
    }
    /// The same, but what was live at the highest moment so far stays known.
    void begin_next_peak() {
        if (peak_ >= kept_peak_) {
            kept_peak_ = peak_;
            kept_.resize(accounts());
            for (std::uint32_t i = 1; i < accounts(); ++i) kept_[i] = figures_since(i).peak;
        }
        begin_peak();
    }

    /// A block was handed out. True when the heap is at its peak now (a tie too: the last moment counts).
    bool allocate(std::uint32_t number, std::uint64_t bytes) {
        accounts_.allocate(number, bytes, epoch_);
        return grew(bytes);
    }

    /// As `allocate`, but nothing was asked for: a block is live again whose free did not happen.
    bool grow(std::uint32_t number, std::uint64_t bytes, std::uint32_t blocks) {
        accounts_.grow(number, bytes, blocks, epoch_);
        return grew(bytes);
    }

    void shrink(std::uint32_t number, std::uint64_t bytes, std::uint32_t blocks) {
        if (at_peak_ && bytes != 0) {
            at_peak_ = false;
            ++epoch_;
        }
        accounts_.shrink(number, bytes, blocks, epoch_);
        heap_ -= bytes;
    }

    void add_temporary(std::uint32_t number, std::uint64_t bytes, std::uint32_t blocks) { accounts_.add_temporary(number, bytes, blocks); }
    void take_back_temporary(std::uint32_t number, std::uint64_t bytes, std::uint32_t blocks) {
        accounts_.take_back_temporary(number, bytes, blocks);
    }

    /// What an aggregate tells, once of each account; then of the whole.
    void restore(std::uint32_t stack, std::uint32_t thread, std::uint32_t region, format::Allocator allocator, const Figures& figures) {
        region_ = region;
        set_thread(thread);
        accounts_.restore(account(stack, allocator, 0), figures, epoch_);
    }
    void restore(std::uint64_t heap, std::uint64_t peak) {
        heap_ = heap;
        peak_ = peak;
        at_peak_ = false;
    }

    std::uint64_t heap() const { return heap_; }
    std::uint64_t peak() const { return std::max(peak_, kept_peak_); }
    /// Since `begin_peak` or `begin_next_peak`.
    std::uint64_t peak_since() const { return peak_; }
    bool at_peak() const { return at_peak_; }
    std::uint32_t generation() const { return generation_; }

    // Accounts count from 1.

    std::uint32_t accounts() const { return accounts_.count(); }
    std::uint32_t stack_of(std::uint32_t account) const { return accounts_.stack(account); }
    /// Number of a Who.
    std::uint32_t who_of(std::uint32_t account) const { return accounts_.who(account); }
    const std::vector<Who>& whos() const { return whos_; }
    /// 0: nothing was allocated there. A part of a run may end before a stack of the whole was met.
    std::uint32_t first_account(std::uint32_t stack) const { return stack < first_of_stack_.size() ? first_of_stack_[stack] : 0; }
    std::uint32_t next_account(std::uint32_t account) const {
        const std::uint32_t next = accounts_.next(account);
        return next == first_account(accounts_.stack(account)) ? 0 : next;
    }
    /// Bytes that were ever live at once, about.
    std::uint64_t most(std::uint32_t account) const { return accounts_.most(account); }
    Figures figures(std::uint32_t account) const {
        Figures figures = figures_since(account);
        if (peak_ < kept_peak_) figures.peak = account < kept_.size() ? kept_[account] : Amount{};
        return figures;
    }
    /// With the peak since `begin_peak` or `begin_next_peak`.
    Figures figures_since(std::uint32_t account) const { return accounts_.figures(account, at_peak_, epoch_); }

  private:
    /// An account that was used lately. Who 0 is nobody: its places are empty.
    struct Recent {
        static constexpr std::size_t kPlaces = 1024;
        static std::size_t place(std::uint32_t who, std::uint32_t stack) { return (stack + who * 37) % kPlaces; }

        std::uint32_t stack = UINT32_MAX;
        std::uint32_t who = 0;
        std::uint32_t account = 0;
    };

    /// Numbers of Who of a thread in a region, by allocator and size class; 0 where it is not known here. Only so many are
    /// kept: thousands of threads would fill memory with them.
    struct Whos {
        static constexpr std::size_t kKept = 64;

        std::uint32_t thread = UINT32_MAX;
        std::uint32_t region = 0;
        std::vector<std::uint32_t> numbers;
    };
    static constexpr std::size_t kAllocators = 32;
    static constexpr std::size_t kClasses = 66;

    /// Those that no tracker writes share the last place.
    static std::size_t index_of(format::Allocator allocator) {
        return std::min<std::size_t>(static_cast<std::size_t>(allocator), kAllocators - 1);
    }

    std::size_t place_of(format::Allocator allocator, std::uint64_t size) const {
        return classes_ == 1 ? index_of(allocator) : index_of(allocator) * kClasses + size_class(size);
    }

    void choose_whos() {
        Whos& whos = whos_of_[(thread_ + region_ * 7) % Whos::kKept];
        if (whos.thread != thread_ || whos.region != region_) {
            whos.thread = thread_;
            whos.region = region_;
            whos.numbers.assign(kAllocators * classes_, 0);
        }
        whos_now_ = whos.numbers.data();
    }
    void forget_whos() {
        number_of_who_.clear();
        for (Whos& whos : whos_of_) whos.thread = UINT32_MAX;
        choose_whos();
    }

    [[gnu::noinline]] std::uint32_t find_account(std::uint32_t stack, format::Allocator allocator, std::uint64_t size) {
        const std::size_t place = place_of(allocator, size);
        std::uint32_t& who = whos_now_[place];
        if (who == 0) {
            const std::uint64_t key = static_cast<std::uint64_t>(thread_) << 32 | region_ << 12 | static_cast<std::uint32_t>(place);
            const auto [at, is_new] = number_of_who_.try_emplace(key, static_cast<std::uint32_t>(whos_.size()));
            who = at->second;
            if (is_new) whos_.push_back({thread_, allocator, generation_, region_, classes_ == 1 ? 0 : size_class(size)});
        }
        std::uint32_t found = known_account(stack, who);
        if (found == 0) found = add_account(stack, who);
        first_of_stack_[stack] = found;
        recent_[Recent::place(who, stack)] = {stack, who, found};
        return found;
    }

    // A stack's accounts are in a ring, of which the one found last is the first. Where thousands of threads have run the
    // same stack they are found by a table.

    static constexpr int kShortRing = 64;

    static std::uint64_t key_of(std::uint32_t stack, std::uint32_t who) { return static_cast<std::uint64_t>(stack) << 32 | who; }

    std::uint32_t known_account(std::uint32_t stack, std::uint32_t who) const {
        const std::uint32_t first = first_of_stack_[stack];
        if (first == 0) return 0;
        std::uint32_t account = first;
        for (int i = 0; i < kShortRing; ++i) {
            if (accounts_.who(account) == who) return account;
            account = accounts_.next(account);
            if (account == first) return 0;
        }
        const auto found = of_long_rings_.find(key_of(stack, who));
        return found == of_long_rings_.end() ? 0 : found->second;
    }

    std::uint32_t add_account(std::uint32_t stack, std::uint32_t who) {
        const std::uint32_t first = first_of_stack_[stack];
        const std::uint32_t added = accounts_.add(who, stack, first, epoch_);
        if (first == 0) {
            accounts_.set_next(added, added);
            return added;
        }
        accounts_.set_next(added, accounts_.next(first));
        accounts_.set_next(first, added);
        if (is_long_ring(stack, added)) of_long_rings_[key_of(stack, who)] = added;
        return added;
    }

    /// With all but the new one in the table.
    bool is_long_ring(std::uint32_t stack, std::uint32_t added) {
        if (of_long_rings_.contains(key_of(stack, 0))) return true;
        std::uint32_t account = accounts_.next(added);
        for (int i = 1; i < kShortRing; ++i, account = accounts_.next(account)) {
            if (account == added) return false;
        }
        of_long_rings_[key_of(stack, 0)] = 0;
        for (account = accounts_.next(added); account != added; account = accounts_.next(account)) {
            of_long_rings_[key_of(stack, accounts_.who(account))] = account;
        }
        return true;
    }

    bool grew(std::uint64_t bytes) {
        heap_ += bytes;
        if (heap_ >= peak_) {
            peak_ = heap_;
            at_peak_ = true;
        }
        return at_peak_;
    }

    Accounts accounts_;
    Growing<std::uint32_t> first_of_stack_{1};
    std::array<Recent, Recent::kPlaces> recent_{};
    std::vector<Who> whos_ = std::vector<Who>(1);
    std::size_t classes_ = 1;  ///< of sizes
    std::unordered_map<std::uint64_t, std::uint32_t> number_of_who_;  ///< of this generation, by thread, region, allocator and class
    std::array<Whos, Whos::kKept> whos_of_;
    std::uint32_t* whos_now_ = nullptr;
    std::unordered_map<std::uint64_t, std::uint32_t> of_long_rings_;  ///< accounts by stack and Who; Who 0: the stack has such a ring
    std::uint32_t thread_ = 0;
    std::uint32_t region_ = 0;
    std::uint32_t generation_ = 0;
    std::uint64_t heap_ = 0;
    std::uint64_t peak_ = 0;
    std::uint64_t kept_peak_ = 0;  ///< the highest before `begin_next_peak`, and what each account had then
    Growing<Amount> kept_;
    bool at_peak_ = true;
    std::uint32_t epoch_ = 0;
};

}  // namespace alloclens::core
