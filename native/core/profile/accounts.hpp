// What each account holds, at the moment and when the peak was left: 20 bytes as long as it had one allocation.
#pragma once

#include <algorithm>
#include <cstdint>

#include "figures.hpp"
#include "growing.hpp"

namespace alloclens::core {

/// Accounts count from 1. `epoch` counts the peaks that were left: an account remembers its live figures at the first
/// change in an epoch.
class Accounts {
  public:
    std::uint32_t count() const { return static_cast<std::uint32_t>(accounts_.size()); }
    std::uint32_t who(std::uint32_t number) const { return accounts_[number].who; }
    std::uint32_t stack(std::uint32_t number) const { return accounts_[number].stack; }
    /// Of the same stack.
    std::uint32_t next(std::uint32_t number) const { return accounts_[number].next; }
    void set_next(std::uint32_t number, std::uint32_t next) { accounts_[number].next = next; }

    /// Nothing was live at the peak.
    std::uint32_t add(std::uint32_t who, std::uint32_t stack, std::uint32_t next, std::uint32_t epoch) {
        accounts_.push_back({0, epoch, who, stack, next});
        return count() - 1;
    }

    void allocate(std::uint32_t number, std::uint64_t bytes, std::uint32_t epoch) {
        Account& account = accounts_[number];
        if (!account.is_sums()) [[unlikely]] {
            if (account.is_new() && bytes <= Account::kMostBytes) return account.begin(bytes, epoch);
            move_to_sums(account);
        }
        Sums& sums = sums_[account.place()];
        sums.total_bytes += bytes;
        ++sums.total_allocations;
        sums.grow(bytes, 1, epoch);
    }
    void grow(std::uint32_t number, std::uint64_t bytes, std::uint32_t blocks, std::uint32_t epoch) {
        Account& account = accounts_[number];
        if (account.is_only(bytes, blocks) && !account.has(Account::kLive)) account.put(Account::kLive, true, epoch);
        else sums_of(account).grow(bytes, blocks, epoch);
    }
    void shrink(std::uint32_t number, std::uint64_t bytes, std::uint32_t blocks, std::uint32_t epoch) {
        Account& account = accounts_[number];
        if (!account.is_sums()) [[unlikely]] {
            if (account.is_only(bytes, blocks) && account.has(Account::kLive)) return account.put(Account::kLive, false, epoch);
            move_to_sums(account);
        }
        sums_[account.place()].shrink(bytes, blocks, epoch);
    }
    void add_temporary(std::uint32_t number, std::uint64_t bytes, std::uint32_t blocks) {
        Account& account = accounts_[number];
        if (account.is_only(bytes, blocks) && !account.has(Account::kTemporary)) return account.put(Account::kTemporary, true);
        Sums& sums = sums_of(account);
        sums.temporary_bytes += bytes;
        sums.temporary_allocations += blocks;
    }
    void take_back_temporary(std::uint32_t number, std::uint64_t bytes, std::uint32_t blocks) {
        Account& account = accounts_[number];
        if (account.is_only(bytes, blocks) && account.has(Account::kTemporary)) return account.put(Account::kTemporary, false);
        Sums& sums = sums_of(account);
        sums.temporary_bytes -= bytes;
        sums.temporary_allocations -= blocks;
    }

    /// Of a new account.
    void restore(std::uint32_t number, const Figures& figures, std::uint32_t epoch) {
        Account& account = accounts_[number];
        account.epoch = epoch;
        if (!account.take(figures)) sums_of(account).take(figures);
    }

    /// Bytes that were ever live at once, about.
    std::uint64_t most(std::uint32_t number) const {
        const Account& account = accounts_[number];
        return account.is_sums() ? std::uint64_t{sums_[account.place()].most} << Sums::kUnitBits : account.figures().total.bytes;
    }

    /// `at_peak`: what is live now is the peak.
    Figures figures(std::uint32_t number, bool at_peak, std::uint32_t epoch) const {
        const Account& account = accounts_[number];
        Figures result = account.is_sums() ? sums_[account.place()].figures() : account.figures();
        const bool left = !at_peak && (account.is_sums() ? sums_[account.place()].epoch : account.epoch) == epoch;
        if (!left) result.peak = result.unfreed;
        return result;
    }

  private:
    struct Sums {
        std::uint64_t live_bytes = 0;
        std::uint64_t peak_bytes = 0;
        std::uint64_t total_bytes = 0;
        std::uint64_t total_allocations = 0;
        std::uint64_t temporary_bytes = 0;
        std::uint64_t temporary_allocations = 0;
        std::uint32_t live_blocks = 0;
        std::uint32_t peak_blocks = 0;
        std::uint32_t epoch = 0;
        std::uint32_t most = 0;  ///< bytes ever live, in units

        static constexpr unsigned kUnitBits = 6;

        void grow(std::uint64_t bytes, std::uint32_t blocks, std::uint32_t now) {
            touch(now);
            live_bytes += bytes;
            live_blocks += blocks;
            note_most(live_bytes);
        }
        void shrink(std::uint64_t bytes, std::uint32_t blocks, std::uint32_t now) {
            touch(now);
            live_bytes -= bytes;
            live_blocks -= blocks;
        }
        void touch(std::uint32_t now) {
            if (epoch == now) return;
            epoch = now;
            peak_bytes = live_bytes;
            peak_blocks = live_blocks;
        }
        void note_most(std::uint64_t bytes) {
            if (bytes >> kUnitBits > most) [[unlikely]] most = static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes >> kUnitBits, UINT32_MAX));
        }
        void take(const Figures& figures) {
            note_most(std::max(figures.unfreed.bytes, figures.peak.bytes));
            live_bytes = figures.unfreed.bytes;
            live_blocks = static_cast<std::uint32_t>(figures.unfreed.allocations);
            peak_bytes = figures.peak.bytes;
            peak_blocks = static_cast<std::uint32_t>(figures.peak.allocations);
            total_bytes = figures.total.bytes;
            total_allocations = figures.total.allocations;
            temporary_bytes = figures.temporary.bytes;
            temporary_allocations = figures.temporary.allocations;
        }
        Figures figures() const {
            return {{peak_bytes, peak_blocks}, {live_bytes, live_blocks}, {total_bytes, total_allocations}, {temporary_bytes, temporary_allocations}};
        }
    };
    static_assert(sizeof(Sums) == 64, "one line of the cache");

    /// Where there are millions, nearly all had one allocation: its size and what became of it are all there is to know.
    /// The others have Sums, and this is their place.
    struct Account {
        static constexpr std::uint32_t kMostBytes = (1u << 27) - 1, kOne = 1u << 27;
        static constexpr std::uint32_t kLive = 1u << 28, kAtPeak = 1u << 29, kTemporary = 1u << 30, kSums = 1u << 31;

        std::uint32_t word = 0;
        std::uint32_t epoch = 0;  ///< or the place of the sums
        std::uint32_t who = 0;
        std::uint32_t stack = 0;
        std::uint32_t next = 0;

        bool is_new() const { return word == 0; }
        bool is_sums() const { return word & kSums; }
        std::size_t place() const { return epoch; }
        void become_sums(std::size_t at) {
            word = kSums;
            epoch = static_cast<std::uint32_t>(at);
        }

        // Of its one allocation:

        void begin(std::uint64_t bytes, std::uint32_t now) {
            epoch = now;
            word = kOne | kLive | static_cast<std::uint32_t>(bytes);
        }
        bool is_only(std::uint64_t bytes, std::uint32_t blocks) const {
            return (word & ~(kLive | kAtPeak | kTemporary)) == (kOne | bytes) && blocks == 1;
        }
        bool has(std::uint32_t flag) const { return word & flag; }
        void put(std::uint32_t flag, bool on) { word = on ? word | flag : word & ~flag; }
        void put(std::uint32_t flag, bool on, std::uint32_t now) {
            if (epoch != now) put(kAtPeak, has(kLive));
            epoch = now;
            put(flag, on);
        }
        Figures figures() const {
            const Amount one{word & kMostBytes, 1};
            const auto one_if = [&](bool so) { return so ? one : Amount{}; };
            return {one_if(has(kAtPeak)), one_if(has(kLive)), one_if(!is_new()), one_if(has(kTemporary))};
        }
        /// False when these are no figures of one allocation.
        bool take(const Figures& figures) {
            const Amount& one = figures.total;
            const auto fits = [&](const Amount& amount) { return amount.empty() || amount == one; };
            if (one.allocations != 1 || one.bytes > kMostBytes || !fits(figures.unfreed) || !fits(figures.peak) || !fits(figures.temporary)) return false;
            word = kOne | static_cast<std::uint32_t>(one.bytes);
            put(kLive, figures.unfreed.allocations);
            put(kAtPeak, figures.peak.allocations);
            put(kTemporary, figures.temporary.allocations);
            return true;
        }
    };
    static_assert(sizeof(Account) == 20);

    Sums& sums_of(Account& account) {
        if (!account.is_sums()) move_to_sums(account);
        return sums_[account.place()];
    }
    [[gnu::noinline]] void move_to_sums(Account& account) {
        Sums sums;
        const Figures figures = account.figures();
        sums.take(figures);
        sums.note_most(figures.total.bytes);
        sums.epoch = account.epoch;
        account.become_sums(sums_.size());
        sums_.push_back(sums);
    }

    Growing<Account> accounts_{1};
    Growing<Sums> sums_;
};

}  // namespace alloclens::core
