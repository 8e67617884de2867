// The live blocks that begin in one 4 KiB page: a hash table of 8 bytes a place, 64 bytes a bucket.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "huge_pages.hpp"

namespace alloclens::core {

/// Where in its page a block begins, whose it is and how long: bits 0–11 the offset, bit 12 set, bits 13–31 the size.
struct PageEntry {
    static constexpr std::uint32_t kUsed = 1u << 12;
    static constexpr std::uint32_t kKeyMask = kUsed | (kUsed - 1);
    static constexpr std::uint32_t kMaxSize = (1u << 19) - 1;  ///< that fits

    std::uint32_t owner = 0;
    std::uint32_t word = 0;  ///< 0: an empty place

    bool used() const { return word != 0; }
    std::uint32_t key() const { return word & kKeyMask; }
    std::uint32_t size() const { return word >> 13; }
    static std::uint32_t key_of(std::uint32_t offset) { return offset | kUsed; }
};
static_assert(sizeof(PageEntry) == 8);

/// A block is in its home bucket, or behind it when all buckets between are full. A whole bucket is compared at once,
/// without branches that can't be predicted. The places are owned by a PageTablePool.
struct PageTable {
    static constexpr std::uint32_t kBucket = 8;
    static constexpr unsigned kMinBits = 3;

    PageEntry* entries;
    unsigned bits;  ///< 1 << bits places

    std::uint32_t places() const { return 1u << bits; }
    /// More blocks would make the ways long; of a few buckets all can be looked at.
    std::uint32_t most() const { return bits <= kMinBits + 3 ? places() : places() - places() / 8; }

    PageEntry* find(std::uint32_t key) const {
        for (std::uint32_t bucket = home(key), left = buckets(); left > 0; bucket = next(bucket), --left) {
            PageEntry* const first = entries + bucket * kBucket;
            if (const unsigned hit = matches(first, PageEntry::kKeyMask, key)) return first + std::countr_zero(hit);
            if (matches(first, ~0u, 0)) return nullptr;
        }
        return nullptr;
    }

    /// There is room, and the key is not there.
    void insert(const PageEntry& entry) const {
        for (std::uint32_t bucket = home(entry.key());; bucket = next(bucket)) {
            PageEntry* const first = entries + bucket * kBucket;
            if (const unsigned empty = matches(first, ~0u, 0)) {
                first[std::countr_zero(empty)] = entry;
                return;
            }
        }
    }

    void erase(PageEntry* entry) const {
        auto bucket = static_cast<std::uint32_t>(entry - entries) / kBucket;
        const bool was_full = !matches(entries + bucket * kBucket, ~0u, 0);
        *entry = {};
        if (was_full) [[unlikely]] pull_back(entry, bucket);
    }

  private:
    /// Bit i: the i-th word, masked, is `value`.
    static unsigned matches(const PageEntry* bucket, std::uint32_t mask, std::uint32_t value) {
#ifdef __SSE2__
        const auto* const entries = reinterpret_cast<const float*>(bucket);
        const auto words = [entries](int at) {  // of four entries
            return _mm_castps_si128(_mm_shuffle_ps(_mm_load_ps(entries + at), _mm_load_ps(entries + at + 4), _MM_SHUFFLE(3, 1, 3, 1)));
        };
        const __m128i masks = _mm_set1_epi32(static_cast<int>(mask)), values = _mm_set1_epi32(static_cast<int>(value));
        const __m128i low = _mm_cmpeq_epi32(_mm_and_si128(words(0), masks), values);
        const __m128i high = _mm_cmpeq_epi32(_mm_and_si128(words(8), masks), values);
        const __m128i both = _mm_packs_epi32(low, high);
        return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(both, _mm_setzero_si128())));
#else
        unsigned result = 0;
        for (unsigned i = 0; i < kBucket; ++i) result |= static_cast<unsigned>((bucket[i].word & mask) == value) << i;
        return result;
#endif
    }

    std::uint32_t buckets() const { return places() / kBucket; }
    std::uint32_t next(std::uint32_t bucket) const { return (bucket + 1) & (buckets() - 1); }
    std::uint32_t home(std::uint32_t key) const {
        return static_cast<std::uint32_t>(static_cast<std::uint64_t>(key * 0x9E3779B1u) >> (32 - (bits - kMinBits)));
    }

    /// `hole` in `bucket` may stand in the way to blocks that were pushed past it: one of them moves into it.
    void pull_back(PageEntry* hole, std::uint32_t bucket) const {
        for (std::uint32_t at = next(bucket); at != bucket; at = next(at)) {
            PageEntry* const first = entries + at * kBucket;
            const bool full = !matches(first, ~0u, 0);
            for (PageEntry* entry = first; entry < first + kBucket; ++entry) {
                const std::uint32_t pushed = (at - home(entry->key())) & (buckets() - 1);
                if (!entry->used() || pushed < ((at - bucket) & (buckets() - 1))) continue;
                *hole = *entry;
                *entry = {};
                hole = entry;
                bucket = at;
                break;
            }
            if (!full) return;
        }
    }
};

/// Gives and takes back zeroed places; what was taken back is given again.
class PageTablePool {
  public:
    PageEntry* take(unsigned bits) {
        const std::size_t places = std::size_t{1} << bits;
        taken_ += places;
        std::vector<PageEntry*>& free = free_[bits];
        if (!free.empty()) {
            PageEntry* const entries = free.back();
            free.pop_back();
            std::memset(static_cast<void*>(entries), 0, places * sizeof(PageEntry));
            return entries;
        }
        if (left_ < places) {
            // What is left of the slab is lost: little, since nearly all tables are much smaller. The first ones are small,
            // since most captures are.
            const std::size_t size = std::max(places, kSlab >> (kSmallSlabs - std::min(slabs_.size(), kSmallSlabs)));
            slabs_.emplace_back(size);
            next_ = slabs_.back().data();
            left_ = size;
        }
        PageEntry* const entries = next_;
        next_ += places;
        left_ -= places;
        return entries;
    }
    void give_back(const PageTable& table) {
        taken_ -= table.places();
        free_[table.bits].push_back(table.entries);
    }
    std::size_t bytes_taken() const { return taken_ * sizeof(PageEntry); }

  private:
    static constexpr std::size_t kSlab = 256 * 1024;  ///< places: 2 MiB
    static constexpr std::size_t kSmallSlabs = 7;     ///< each half as large as the next: the first one of 16 KiB

    std::array<std::vector<PageEntry*>, 16> free_;
    std::vector<std::vector<PageEntry, HugePages<PageEntry>>> slabs_;
    PageEntry* next_ = nullptr;
    std::size_t left_ = 0;
    std::size_t taken_ = 0;
};

}  // namespace alloclens::core
