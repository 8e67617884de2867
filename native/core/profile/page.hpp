// The live blocks that begin in one 4 KiB page: a small hash table of 8 bytes a place.
#pragma once

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

namespace alloclens::core {

/// Where in its page a block begins, how long it is and whose it is. A size that does not fit says so and is kept elsewhere.
struct PageEntry {
    static constexpr std::uint32_t kLong = (1u << 20) - 2;

    std::uint32_t stack = 0;
    std::uint32_t offset_and_size = 0;  ///< 12 bits offset, 20 bits size + 1; a size field of 0 is an empty place

    static PageEntry make(std::uint32_t offset, std::uint32_t stack, std::uint64_t size) {
        return {stack, offset | (size < kLong ? static_cast<std::uint32_t>(size) + 1 : kLong + 1) << 12};
    }
    bool used() const { return offset_and_size >> 12 != 0; }
    std::uint32_t offset() const { return offset_and_size & 0xFFF; }
    std::uint32_t size() const { return (offset_and_size >> 12) - 1; }  ///< kLong: at least that
};
static_assert(sizeof(PageEntry) == 8);

/// Linear probing. Multiplying spreads the even strides at which allocators lay out blocks of one size.
class Page {
  public:
    Page() : Page(2) {}

    std::uint32_t count() const { return count_; }

    /// The entry at `offset`, or null.
    PageEntry* find(std::uint32_t offset) {
        for (std::uint32_t i = home(offset);; i = (i + 1) & mask()) {
            if (!entries_[i].used()) return nullptr;
            if (entries_[i].offset() == offset) return &entries_[i];
        }
    }

    /// Nothing may be live at its offset.
    void insert(PageEntry entry) {
        if ((count_ + 1) * 5 > capacity() * 4) resize(bits_ + 1);
        place(entry);
        ++count_;
    }

    void erase(PageEntry* entry) {
        auto hole = static_cast<std::uint32_t>(entry - entries_.get());
        for (std::uint32_t i = (hole + 1) & mask(); entries_[i].used(); i = (i + 1) & mask()) {
            // What was pushed past the hole moves back into it.
            if (((i - home(entries_[i].offset())) & mask()) >= ((i - hole) & mask())) {
                entries_[hole] = entries_[i];
                hole = i;
            }
        }
        entries_[hole] = {};
        --count_;
        if (bits_ > 3 && count_ * 8 < capacity()) resize(bits_ - 2);
    }

  private:
    explicit Page(std::uint8_t bits) : entries_(new PageEntry[1u << bits]), bits_(bits) {}

    std::uint32_t capacity() const { return 1u << bits_; }
    std::uint32_t mask() const { return capacity() - 1; }
    std::uint32_t home(std::uint32_t offset) const { return (offset * 0x9E3779B1u) >> (32 - bits_); }

    void place(PageEntry entry) {
        std::uint32_t i = home(entry.offset());
        while (entries_[i].used()) i = (i + 1) & mask();
        entries_[i] = entry;
    }

    void resize(unsigned bits) {
        Page larger(static_cast<std::uint8_t>(bits));
        for (std::uint32_t i = 0; i < capacity(); ++i) {
            if (entries_[i].used()) larger.place(entries_[i]);
        }
        entries_ = std::move(larger.entries_);
        bits_ = larger.bits_;
    }

    std::unique_ptr<PageEntry[]> entries_;
    std::uint32_t count_ = 0;
    std::uint8_t bits_;
};

}  // namespace alloclens::core
