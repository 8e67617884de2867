// Which block is live at an address: mostly 8–40 bytes a block, and 24 MiB more at most.
#pragma once

#include <bit>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "huge_pages.hpp"
#include "long_sizes.hpp"
#include "page_table.hpp"

namespace alloclens::core {

struct LiveBlock {
    std::uint32_t owner;
    std::uint64_t size;
};

/// A directory of pages; a page with one block holds it in the directory itself, others have a table.
class LiveBlocks {
  public:
    /// While the tables take less than `roomy_bytes` together, speed counts for more than their size.
    explicit LiveBlocks(std::size_t roomy_bytes = 24 * 1024 * 1024) : slots_(kFirstSlots), roomy_bytes_(roomy_bytes) {
        // A capture can't choose addresses that collide, since it does not know the key. The multiplier stays: by this one
        // neighbours lie as far apart as can be, by another one often on top of each other.
        const auto now = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
        key_ = (now ^ reinterpret_cast<std::uintptr_t>(this)) * kMultiplier;
    }
    LiveBlocks(const LiveBlocks&) = delete;
    LiveBlocks& operator=(LiveBlocks&&) = default;

    /// The block that was still live at `address`, if any: its free was lost. `address` is below 2^56.
    std::optional<LiveBlock> insert(std::uint64_t address, std::uint32_t owner, std::uint64_t size) {
        const std::uint32_t key = PageEntry::key_of(address & kOffsetMask);
        if (Slot* const slot = aligned(key) ? direct_page(address >> kPageBits) : nullptr) [[likely]] {
            PageEntry& entry = slot->entries[direct_place(key)];
            if (!entry.used() && size < kFirstLong) [[likely]] {
                entry = {owner, key | static_cast<std::uint32_t>(size) << 13};
                slot->head += Slot::kOne;
                return std::nullopt;
            }
        }
        return insert_anywhere(address, owner, size);
    }

    /// Nothing when no block is live at `address`.
    std::optional<LiveBlock> erase(std::uint64_t address) {
        const std::uint32_t key = PageEntry::key_of(address & kOffsetMask);
        if (Slot* const slot = direct_page(address >> kPageBits)) [[likely]] {
            PageEntry& entry = slot->entries[direct_place(key)];
            const PageEntry found = entry;
            if (found.key() == key && found.size() < kFirstLong && slot->count() > (roomy() ? 1 : kLeastDirect)) [[likely]] {
                entry = {};
                slot->head -= Slot::kOne;
                return LiveBlock{found.owner, found.size()};
            }
        }
        return erase_anywhere(address);
    }

  private:
    // The two above are quick where most blocks are: on pages of many small ones. These can do all.

    [[gnu::noinline]] std::optional<LiveBlock> insert_anywhere(std::uint64_t address, std::uint32_t owner, std::uint64_t size) {
        Slot& slot = slot_for(address >> kPageBits);
        const std::uint32_t key = PageEntry::key_of(address & kOffsetMask);
        std::optional<LiveBlock> replaced;
        if (PageEntry* const old = find(slot, key)) [[unlikely]] {
            replaced = taken(address, *old);
            *old = make(address, key, owner, size);
            return replaced;
        }
        const PageEntry entry = make(address, key, owner, size);
        if (slot.kind() == Kind::empty) {
            slot.one = entry;
            slot.set(Kind::one, 0, 1);
        } else {
            if (slot.kind() == Kind::one) move_to_table(slot, key);
            else if (!fits(slot, key)) make_room(slot, key);
            put(slot.page(), slot.direct(), entry);
            slot.set(Kind::many, slot.bits(), slot.count() + 1);
        }
        return replaced;
    }

    [[gnu::noinline]] std::optional<LiveBlock> erase_anywhere(std::uint64_t address) {
        Slot* const slot = existing(address >> kPageBits);
        PageEntry* const entry = slot ? find(*slot, PageEntry::key_of(address & kOffsetMask)) : nullptr;
        if (!entry) return std::nullopt;
        const LiveBlock block = taken(address, *entry);
        const std::uint32_t left = slot->count() - 1;
        if (slot->kind() == Kind::one) {
            slot->set(Kind::empty, 0, 0);
            return block;
        }
        if (slot->direct()) *entry = {};
        else slot->page().erase(entry);
        slot->set(Kind::many, slot->bits(), left);
        if (left == 0) {
            tables_.give_back(slot->page());
            slot->set(Kind::empty, 0, 0);
        } else if (roomy()) {
            // A table that is too large for what is left may be filled again soon.
        } else if (slot->direct()) {
            if (left < kLeastDirect) change_table(*slot, kLastBeforeDirect);
        } else if (slot->bits() > PageTable::kMinBits + 1 && left * 8 < slot->page().places()) {
            change_table(*slot, slot->bits() - 2);
        }
        return block;
    }

    enum class Kind : std::uint64_t { unused = 0, empty = 1, one = 2, many = 3 };

    static constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15ull;
    static constexpr unsigned kPageBits = 12;
    static constexpr std::uint32_t kOffsetMask = (1u << kPageBits) - 1;
    /// In place of a table's bits: a page of many small objects, whose places are those of their addresses.
    static constexpr unsigned kDirect = 15;
    static constexpr unsigned kDirectBits = kPageBits - 4;
    static constexpr unsigned kLastBeforeDirect = 6;
    /// Fewer blocks would take more than 40 bytes each.
    static constexpr std::uint32_t kLeastDirect = (1u << kDirectBits) * sizeof(PageEntry) / 40;
    static constexpr std::size_t kFirstSlots = 1024;
    /// Sizes from here on are numbers in `long_sizes_`.
    static constexpr std::uint32_t kFirstLong = PageEntry::kMaxSize / 2 + 1;

    struct Slot {
        std::uint64_t head = 0;  ///< bits 0–1 kind, 2–5 the table's bits, 6–19 blocks, 20–63 number of the page
        union {
            PageEntry one;
            PageEntry* entries;
        };
        static constexpr std::uint64_t kOne = 1 << 6, kCount = 0x3FFFull << 6;
        Slot() : entries(nullptr) {}
        Kind kind() const { return static_cast<Kind>(head & 3); }
        unsigned bits() const { return head >> 2 & 15; }
        std::uint32_t count() const { return head >> 6 & 0x3FFF; }
        std::uint64_t number() const { return head >> 20; }
        bool direct() const { return bits() == kDirect; }
        PageTable page() const { return {entries, direct() ? kDirectBits : bits()}; }
        void set(Kind kind, unsigned bits, std::uint32_t count) {
            head = number() << 20 | static_cast<std::uint64_t>(count) << 6 | static_cast<std::uint64_t>(bits) << 2 |
                   static_cast<std::uint64_t>(kind);
        }
    };
    static_assert(sizeof(Slot) == 16);

    /// Null when the page is none of those whose blocks' places are those of their addresses.
    Slot* direct_page(std::uint64_t number) {
        const std::uint64_t wanted = number << 20 | kDirect << 2 | static_cast<std::uint64_t>(Kind::many);
        for (std::size_t i = home(number);; i = (i + 1) & (slots_.size() - 1)) {
            const std::uint64_t differs = (slots_[i].head & ~Slot::kCount) ^ wanted;
            if (differs == 0) [[likely]] return &slots_[i];
            if (slots_[i].head == 0 || differs >> 20 == 0) return nullptr;
        }
    }

    std::size_t home(std::uint64_t number) const { return ((number ^ key_) * kMultiplier) >> shift_; }

    Slot* existing(std::uint64_t number) {
        for (std::size_t i = home(number);; i = (i + 1) & (slots_.size() - 1)) {
            if (slots_[i].number() == number && slots_[i].kind() != Kind::unused) return &slots_[i];
            if (slots_[i].kind() == Kind::unused) return nullptr;
        }
    }

    Slot& slot_for(std::uint64_t number) {
        if (Slot* slot = existing(number)) return *slot;
        if ((used_ + 1) * 4 > slots_.size() * 3) rebuild();
        Slot& slot = free_place(number);
        slot.head = number << 20 | static_cast<std::uint64_t>(Kind::empty);
        ++used_;
        return slot;
    }

    Slot& free_place(std::uint64_t number) {
        std::size_t i = home(number);
        while (slots_[i].kind() != Kind::unused) i = (i + 1) & (slots_.size() - 1);
        return slots_[i];
    }

    /// Leaves out the pages in which nothing is live, and doubles when that is not enough.
    void rebuild() {
        std::size_t live = 0;
        for (const Slot& slot : slots_) live += slot.kind() > Kind::empty;
        std::vector<Slot, HugePages<Slot>> old(live * 2 > slots_.size() ? slots_.size() * 2 : slots_.size());
        old.swap(slots_);
        shift_ = 64 - static_cast<unsigned>(std::countr_zero(slots_.size()));
        used_ = live;
        for (const Slot& slot : old) {
            if (slot.kind() > Kind::empty) free_place(slot.number()) = slot;
        }
    }

    static PageEntry* find(Slot& slot, std::uint32_t key) {
        if (slot.kind() == Kind::many) [[likely]] {
            if (!slot.direct()) return slot.page().find(key);
            PageEntry& entry = slot.entries[direct_place(key)];
            return entry.key() == key ? &entry : nullptr;
        }
        return slot.kind() == Kind::one && slot.one.key() == key ? &slot.one : nullptr;
    }

    void move_to_table(Slot& slot, std::uint32_t second_key) {
        const PageEntry first = slot.one;
        const bool direct = roomy() && aligned(first.key()) && aligned(second_key);
        slot.entries = tables_.take(direct ? kDirectBits : PageTable::kMinBits);
        slot.set(Kind::many, direct ? kDirect : PageTable::kMinBits, 1);
        put(slot.page(), direct, first);
    }

    bool roomy() const { return tables_.bytes_taken() < roomy_bytes_; }

    static std::uint32_t direct_place(std::uint32_t key) { return (key & kOffsetMask) >> 4; }
    static bool aligned(std::uint32_t key) { return (key & 15) == 0; }

    static void put(const PageTable& page, bool direct, const PageEntry& entry) {
        if (direct) page.entries[direct_place(entry.key())] = entry;
        else page.insert(entry);
    }

    static bool fits(const Slot& slot, std::uint32_t key) {
        return slot.direct() ? aligned(key) : slot.count() < slot.page().most();
    }

    void make_room(Slot& slot, std::uint32_t key) {
        if (slot.direct()) return change_table(slot, kDirectBits + 1);  // which holds a full page and more
        const bool dense = slot.bits() == kLastBeforeDirect && aligned(key) && all_aligned(slot.page());
        change_table(slot, dense ? kDirect : slot.bits() + 1);
    }

    static bool all_aligned(const PageTable& page) {
        for (std::uint32_t i = 0; i < page.places(); ++i) {
            if (page.entries[i].used() && !aligned(page.entries[i].key())) return false;
        }
        return true;
    }

    void change_table(Slot& slot, unsigned bits) {
        const bool direct = bits == kDirect;
        const PageTable old = slot.page();
        const PageTable page{tables_.take(direct ? kDirectBits : bits), direct ? kDirectBits : bits};
        for (std::uint32_t i = 0; i < old.places(); ++i) {
            if (old.entries[i].used()) put(page, direct, old.entries[i]);
        }
        tables_.give_back(old);
        slot.entries = page.entries;
        slot.set(Kind::many, bits, slot.count());
    }

    PageEntry make(std::uint64_t address, std::uint32_t key, std::uint32_t owner, std::uint64_t size) {
        const std::uint32_t field = size < kFirstLong ? static_cast<std::uint32_t>(size) : kFirstLong + long_sizes_.keep(address, size);
        return {owner, key | field << 13};
    }

    LiveBlock taken(std::uint64_t address, const PageEntry& entry) {
        const std::uint32_t field = entry.size();
        return {entry.owner, field < kFirstLong ? field : long_sizes_.take(address, field - kFirstLong)};
    }

    std::vector<Slot, HugePages<Slot>> slots_;
    std::size_t roomy_bytes_;
    std::size_t used_ = 0;
    unsigned shift_ = 64 - 10;
    std::uint64_t key_;
    PageTablePool tables_;
    LongSizes long_sizes_{PageEntry::kMaxSize - kFirstLong + 1};
};

}  // namespace alloclens::core
