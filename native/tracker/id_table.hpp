// A hash table in pages of its own: keys to ids. Open addressing, at most half full; grows by doubling.
#pragma once

#include <cstddef>
#include <cstdint>

#include "pages.hpp"

namespace alloclens::tracker {

/// `Key` is compared with ==, hashed by `hash(key)` and must differ from `Key{}`.
template <class Key>
class IdTable {
  public:
    struct Entry {
        Key key{};
        std::uint32_t id = 0;
    };

    /// The entry of `key`: a new one has id 0, and the caller gives it one. Null when there is no memory left.
    Entry* find_or_add(const Key& key) {
        if (count_ * 2 >= capacity_) [[unlikely]] {
            if (!grow()) return nullptr;
        }
        Entry& entry = place_of(key);
        if (entry.key == Key{}) {
            entry.key = key;
            ++count_;
        }
        return &entry;
    }

    /// True when it was there.
    bool erase(const Key& key) {
        if (!capacity_) return false;
        std::size_t hole = static_cast<std::size_t>(&place_of(key) - entries());
        if (entries()[hole].key == Key{}) return false;
        // Close the gap, or a search for what had to step over this place would end here.
        for (std::size_t next = (hole + 1) & mask(); !(entries()[next].key == Key{}); next = (next + 1) & mask()) {
            const std::size_t wanted = hash(entries()[next].key) & mask();
            if (((next - wanted) & mask()) >= ((next - hole) & mask())) {
                entries()[hole] = entries()[next];
                hole = next;
            }
        }
        entries()[hole] = Entry{};
        --count_;
        return true;
    }

    std::size_t size() const { return count_; }

    void clear() {
        pages_ = Pages{};
        capacity_ = count_ = 0;
    }

  private:
    static constexpr std::size_t kFirst = 1024;

    Entry* entries() const { return pages_.template as<Entry>(); }
    std::size_t mask() const { return capacity_ - 1; }

    Entry& place_of(const Key& key) const {
        std::size_t place = hash(key) & mask();
        while (!(entries()[place].key == key) && !(entries()[place].key == Key{})) place = (place + 1) & mask();
        return entries()[place];
    }

    bool grow() {
        const KeepErrno keep;
        const std::size_t old_capacity = capacity_;
        Pages bigger((capacity_ ? capacity_ * 2 : kFirst) * sizeof(Entry));
        if (!bigger) return false;
        const Pages old = std::move(pages_);
        pages_ = std::move(bigger);
        capacity_ = old_capacity ? old_capacity * 2 : kFirst;
        for (std::size_t i = 0; i < old_capacity; ++i) {
            const Entry& entry = old.as<Entry>()[i];
            if (!(entry.key == Key{})) place_of(entry.key) = entry;
        }
        return true;
    }

    Pages pages_;
    std::size_t capacity_ = 0;
    std::size_t count_ = 0;
};

constexpr std::size_t mix(std::uint64_t value) {
    value *= 0x9E3779B97F4A7C15ull;
    value ^= value >> 29;
    value *= 0xBF58476D1CE4E5B9ull;
    return static_cast<std::size_t>(value ^ value >> 32);
}

}  // namespace alloclens::tracker
