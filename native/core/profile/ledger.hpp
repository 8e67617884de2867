// What is live, was live at the peak, was allocated and was temporary, by stack, thread, allocator and region, in
// constant time an event.
#pragma once

#include <algorithm>
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
    Ledger() = default;
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

    /// The account of a stack, the present thread and region, and an allocator. About 1 ns: mostly it is the stack's last one.
    std::uint32_t account(std::uint32_t stack, format::Allocator allocator, std::uint64_t size) {
        const std::uint32_t who = whos_now_[place_of(allocator, size)];
        const std::uint32_t first = first_of_stack_[stack];
        if (first != 0 && accounts_.who(first) == who) [[likely]] return first;
        return find_account(stack, allocator, size);
    }

    void set_thread(std::uint32_t thread) {
        if (thread >= whos_of_thread_.size()) whos_of_thread_.resize(thread + 1, no_whos());
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
    std::uint32_t next_account(std::uint32_t account) const { return accounts_.next(account); }
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
    /// Numbers of Who by allocator and size class; 0 when there is none yet.
    using Whos = std::vector<std::uint32_t>;
    static constexpr std::size_t kAllocators = 32;
    static constexpr std::size_t kClasses = 66;

    /// Those that no tracker writes share the last place.
    static std::size_t index_of(format::Allocator allocator) {
        return std::min<std::size_t>(static_cast<std::size_t>(allocator), kAllocators - 1);
    }

    std::size_t place_of(format::Allocator allocator, std::uint64_t size) const {
        return classes_ == 1 ? index_of(allocator) : index_of(allocator) * kClasses + size_class(size);
    }

    Whos no_whos() const { return Whos(kAllocators * classes_); }

    void choose_whos() {
        if (region_ == 0) [[likely]] whos_now_ = whos_of_thread_[thread_].data();
        else whos_now_ = whos_of_region().data();
    }
    Whos& whos_of_region() {
        Whos& whos = whos_in_region_[static_cast<std::uint64_t>(region_) << 32 | thread_];
        if (whos.empty()) whos = no_whos();
        return whos;
    }
    void forget_whos() {
        whos_of_thread_.assign(whos_of_thread_.size(), no_whos());
        whos_in_region_.clear();
        choose_whos();
    }

    std::uint32_t find_account(std::uint32_t stack, format::Allocator allocator, std::uint64_t size) {
        std::uint32_t& who = whos_now_[place_of(allocator, size)];
        if (who == 0) {
            who = static_cast<std::uint32_t>(whos_.size());
            whos_.push_back({thread_, allocator, generation_, region_, classes_ == 1 ? 0 : size_class(size)});
        }
        std::uint32_t& first = first_of_stack_[stack];
        // The one used last stands in front.
        for (std::uint32_t before = first; before != 0; before = accounts_.next(before)) {
            const std::uint32_t at = accounts_.next(before);
            if (at == 0 || accounts_.who(at) != who) continue;
            accounts_.set_next(before, accounts_.next(at));
            accounts_.set_next(at, first);
            return first = at;
        }
        return first = accounts_.add(who, stack, first, epoch_);
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
    std::vector<Who> whos_ = std::vector<Who>(1);
    std::size_t classes_ = 1;  ///< of sizes
    std::vector<Whos> whos_of_thread_ = std::vector<Whos>(1, no_whos());
    std::unordered_map<std::uint64_t, Whos> whos_in_region_;  ///< by region and thread
    std::uint32_t* whos_now_ = whos_of_thread_[0].data();
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
