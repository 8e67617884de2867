// Which block is live at an address. 11–22 bytes a block where they lie densely, at most about 40 where they don't.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "page.hpp"

namespace alloclens::core {

struct LiveBlock {
    std::uint32_t stack;
    std::uint64_t size;
};

/// A directory of pages; a page with one block holds it in the directory itself.
class LiveBlocks {
  public:
    LiveBlocks() : slots_(kFirstSlots) {
        // A capture can't choose addresses that collide, since it does not know the multiplier.
        const auto now = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
        multiplier_ = 0x9E3779B97F4A7C15ull ^ ((now ^ reinterpret_cast<std::uintptr_t>(this)) << 8);
    }
    LiveBlocks(const LiveBlocks&) = delete;
    LiveBlocks& operator=(const LiveBlocks&) = delete;
    ~LiveBlocks() {
        for (Slot& slot : slots_) drop(slot);
    }

    /// The block that was still live at `address`, if any: its free was lost.
    std::optional<LiveBlock> insert(std::uint64_t address, std::uint32_t stack, std::uint64_t size) {
        Slot& slot = slot_for(address >> kPageBits);
        const std::uint32_t offset = address & kOffsetMask;
        const PageEntry entry = PageEntry::make(offset, stack, size);
        std::optional<LiveBlock> replaced;
        if (slot.kind() == Kind::empty) {
            slot.set_kind(Kind::one);
            slot.one = entry;
        } else if (PageEntry* old = find(slot, offset)) {
            replaced = taken(address, *old);
            *old = entry;
        } else {
            if (slot.kind() == Kind::one) spill(slot);
            slot.page->insert(entry);
        }
        if (entry.size() == PageEntry::kLong) [[unlikely]] long_sizes_.insert_or_assign(address, size);
        return replaced;
    }

    /// Nothing when no block is live at `address`.
    std::optional<LiveBlock> erase(std::uint64_t address) {
        Slot* const slot = existing(address >> kPageBits);
        PageEntry* const entry = slot ? find(*slot, address & kOffsetMask) : nullptr;
        if (!entry) return std::nullopt;
        const LiveBlock block = taken(address, *entry);
        if (slot->kind() == Kind::one) {
            slot->set_kind(Kind::empty);
        } else {
            slot->page->erase(entry);
            if (slot->page->count() == 0) drop(*slot);
        }
        return block;
    }

  private:
    enum class Kind : std::uint64_t { unused = 0, empty = 1, one = 2, many = 3 };

    static constexpr unsigned kPageBits = 12;
    static constexpr std::uint32_t kOffsetMask = (1u << kPageBits) - 1;
    static constexpr std::size_t kFirstSlots = 1024;

    struct Slot {
        std::uint64_t number_and_kind = 0;  ///< page number, 2 bits kind
        union {
            PageEntry one;
            Page* page;
        };
        Slot() : page(nullptr) {}
        Kind kind() const { return static_cast<Kind>(number_and_kind & 3); }
        std::uint64_t number() const { return number_and_kind >> 2; }
        void set_kind(Kind kind) { number_and_kind = (number_and_kind & ~3ull) | static_cast<std::uint64_t>(kind); }
    };
    static_assert(sizeof(Slot) == 16);

    std::size_t home(std::uint64_t number) const { return (number * multiplier_) >> shift_; }

    Slot* existing(std::uint64_t number) {
        for (std::size_t i = home(number);; i = (i + 1) & (slots_.size() - 1)) {
            if (slots_[i].kind() == Kind::unused) return nullptr;
            if (slots_[i].number() == number) return &slots_[i];
        }
    }

    Slot& slot_for(std::uint64_t number) {
        if (Slot* slot = existing(number)) return *slot;
        if ((used_ + 1) * 5 > slots_.size() * 4) rebuild();
        Slot& slot = free_place(number);
        slot.number_and_kind = number << 2 | static_cast<std::uint64_t>(Kind::empty);
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
        std::vector<Slot> old(live * 2 > slots_.size() ? slots_.size() * 2 : slots_.size());
        old.swap(slots_);
        shift_ = 64 - static_cast<unsigned>(std::countr_zero(slots_.size()));
        used_ = live;
        for (const Slot& slot : old) {
            if (slot.kind() > Kind::empty) free_place(slot.number()) = slot;
        }
    }

    static PageEntry* find(Slot& slot, std::uint32_t offset) {
        switch (slot.kind()) {
            case Kind::one: return slot.one.offset() == offset ? &slot.one : nullptr;
            case Kind::many: return slot.page->find(offset);
            default: return nullptr;
        }
    }

    static void spill(Slot& slot) {
        const PageEntry first = slot.one;
        slot.page = new Page;
        slot.page->insert(first);
        slot.set_kind(Kind::many);
    }

    static void drop(Slot& slot) {
        if (slot.kind() != Kind::many) return;
        delete slot.page;
        slot.page = nullptr;
        slot.set_kind(Kind::empty);
    }

    LiveBlock taken(std::uint64_t address, const PageEntry& entry) {
        if (entry.size() != PageEntry::kLong) [[likely]] return {entry.stack, entry.size()};
        const auto node = long_sizes_.extract(address);
        return {entry.stack, node.mapped()};
    }

    std::vector<Slot> slots_;
    std::size_t used_ = 0;
    unsigned shift_ = 64 - 10;
    std::uint64_t multiplier_;
    std::unordered_map<std::uint64_t, std::uint64_t> long_sizes_;
};

}  // namespace alloclens::core
