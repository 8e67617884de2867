// How much the heap may grow before somebody must look exactly.
#pragma once

#include <cstddef>
#include <cstdint>

namespace alloclens::tracker {

/// Frees are only counted when the sum of all that was allocated would pass the limit: so the hot path is a subtraction.
/// Under the recorder's lock.
class MemoryLimit {
  public:
    /// `bytes` 0: there is none.
    void begin(std::uint64_t bytes, bool refuses) {
        limit_ = bytes;
        refuses_ = refuses;
        highest_ = promised_ = 0;
        refused_ = 0;
        fuse_ = bytes == 0 ? INT64_MAX : refuses ? -1 : static_cast<std::int64_t>(bytes);
    }

    /// After each allocation that was recorded. False when `look` has to be asked.
    bool spend(std::size_t size) { return (fuse_ -= static_cast<std::int64_t>(size)) >= 0; }

    /// What follows `spend`'s false. `heap()` is what is live exactly. True when that is more than the limit.
    template <class Heap>
    bool look(std::size_t size, Heap heap) {
        if (refuses_) {
            fuse_ = -1;
            highest_ += size;
            return false;
        }
        const std::uint64_t live = heap();
        fuse_ = static_cast<std::int64_t>(limit_) - static_cast<std::int64_t>(live);
        return fuse_ < 0;
    }

    /// Before an allocation, where the limit makes them fail. What was admitted counts until `end_admission`.
    template <class Heap>
    bool admit(std::size_t size, Heap heap) {
        if (!has_room(size)) {
            highest_ = heap();
            if (!has_room(size)) return false;
        }
        promised_ += size;
        return true;
    }
    void end_admission(std::size_t size) { promised_ -= size; }

    std::uint64_t bytes() const { return limit_; }
    bool refuses() const { return limit_ != 0 && refuses_; }
    std::uint64_t count_refusal() { return ++refused_; }
    std::uint64_t refused() const { return refused_; }

  private:
    bool has_room(std::size_t size) const {
        return size <= limit_ && highest_ + promised_ <= limit_ - size;
    }

    std::int64_t fuse_ = INT64_MAX;  ///< bytes until somebody must look
    std::uint64_t limit_ = 0;
    std::uint64_t highest_ = 0;      ///< the heap is this at most
    std::uint64_t promised_ = 0;     ///< admitted and not yet recorded
    std::uint64_t refused_ = 0;
    bool refuses_ = false;
};

}  // namespace alloclens::tracker
