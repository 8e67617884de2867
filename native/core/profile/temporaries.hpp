// Which freed blocks were temporary: freed before the thread that allocated them made N more allocations.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

namespace alloclens::core {

/// Remembers the last N allocations of each thread by their addresses, which may be any numbers that tell them apart.
/// As long as N is 1 and one thread allocates, that is one number and costs a comparison.
class Temporaries {
  public:
    explicit Temporaries(std::uint32_t threshold) : threshold_(threshold), alone_(threshold == 1) {}

    /// A thread's allocation, counted.
    struct Entry {
        std::uint32_t thread;
        std::uint64_t count;
    };

    void allocated(std::uint32_t thread, std::uint64_t address) {
        if (alone_ && thread == thread_) [[likely]] {
            ++count_;
            last_ = address;
            return;
        }
        remember(thread, address);
    }

    /// What was allocated there, when freeing it now makes it temporary.
    std::optional<Entry> find(std::uint64_t address) const {
        if (alone_) [[likely]] return last_ == address ? std::optional<Entry>({thread_, count_}) : std::nullopt;
        const Slot* const slot = slot_of(address);
        return slot ? std::optional<Entry>(slot->entry) : std::nullopt;
    }

    /// As `find`; it is gone then.
    std::optional<Entry> take(std::uint64_t address) {
        const std::optional<Entry> found = find(address);
        if (found) [[unlikely]] forget(address);
        return found;
    }

    /// It was not freed after all.
    void put_back(std::uint64_t address, const Entry& entry) {
        if (alone_) {
            if (entry.count == count_) last_ = address;
        } else if (threads_[entry.thread].count - entry.count < threshold_) {
            insert(address, entry);
        }
    }

  private:
    /// An address that no allocation has; the table's empty places too.
    static constexpr std::uint64_t kNone = UINT64_MAX;

    struct Slot {
        std::uint64_t address = kNone;
        Entry entry{};
    };
    struct Thread {
        std::uint64_t count = 0;
        std::vector<std::uint64_t> ring;  ///< the address of allocation i stands at i % threshold
    };

    [[gnu::noinline]] void remember(std::uint32_t thread, std::uint64_t address) {
        if (alone_ && count_ == 0) {  // the first of all
            thread_ = thread;
            return allocated(thread, address);
        }
        if (alone_) {
            alone_ = false;
            Thread& before = thread_at(thread_);
            before.count = count_;
            before.ring.assign(1, last_);
            if (last_ != kNone) insert(last_, {thread_, count_});
        }
        Thread& of = thread_at(thread);
        const std::uint64_t count = ++of.count;
        const auto place = static_cast<std::size_t>(count % threshold_);
        if (of.ring.size() <= place) of.ring.resize(place + 1, kNone);
        std::uint64_t& oldest = of.ring[place];
        if (const Slot* const slot = oldest == kNone ? nullptr : slot_of(oldest)) {
            if (slot->entry.thread == thread && slot->entry.count == count - threshold_) forget(oldest);
        }
        oldest = address;
        insert(address, {thread, count});
    }

    Thread& thread_at(std::uint32_t thread) {
        if (threads_.size() <= thread) threads_.resize(thread + 1);
        return threads_[thread];
    }

    // A hash table of addresses; what follows a hole moves up, so that there are no marks of deleted ones.

    std::size_t home(std::uint64_t address) const { return (address * 0x9E3779B97F4A7C15ull) >> shift_; }
    std::size_t next(std::size_t place) const { return (place + 1) & (slots_.size() - 1); }

    const Slot* slot_of(std::uint64_t address) const {
        for (std::size_t at = home(address); slots_[at].address != kNone; at = next(at)) {
            if (slots_[at].address == address) return &slots_[at];
        }
        return nullptr;
    }

    void insert(std::uint64_t address, const Entry& entry) {
        if ((used_ + 1) * 2 > slots_.size()) grow();
        std::size_t at = home(address);
        while (slots_[at].address != kNone && slots_[at].address != address) at = next(at);
        used_ += slots_[at].address == kNone;
        slots_[at] = {address, entry};
    }

    [[gnu::noinline]] void forget(std::uint64_t address) {
        if (alone_) {
            last_ = kNone;
            return;
        }
        auto hole = static_cast<std::size_t>(slot_of(address) - slots_.data());
        for (std::size_t at = next(hole); slots_[at].address != kNone; at = next(at)) {
            const std::size_t wanted = home(slots_[at].address);
            if (((at - wanted) & (slots_.size() - 1)) < ((at - hole) & (slots_.size() - 1))) continue;
            slots_[hole] = slots_[at];
            hole = at;
        }
        slots_[hole] = {};
        --used_;
    }

    void grow() {
        std::vector<Slot> old(slots_.size() * 2);
        old.swap(slots_);
        shift_ = 64 - static_cast<unsigned>(std::countr_zero(slots_.size()));
        used_ = 0;
        for (const Slot& slot : old) {
            if (slot.address != kNone) insert(slot.address, slot.entry);
        }
    }

    std::uint64_t threshold_;
    bool alone_;
    std::uint32_t thread_ = 0;
    std::uint64_t count_ = 0;
    std::uint64_t last_ = kNone;
    std::vector<Thread> threads_;
    std::vector<Slot> slots_ = std::vector<Slot>(64);
    unsigned shift_ = 64 - 6;
    std::size_t used_ = 0;
};

}  // namespace alloclens::core
