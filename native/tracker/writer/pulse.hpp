// When to look at the clock. A clock call costs as much as half an event, so it is not made for every one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>

#include "event_stream.hpp"
#include "process_memory.hpp"

namespace alloclens::tracker {

class Pulse {
  public:
    /// Allocations from this size on are always told with their time.
    static constexpr std::size_t kLarge = 64 * 1024;

    void begin(unsigned sample_interval_ms) {
        started_ = checked_ = now();
        told_ = sampled_ = 0;
        next_aggregate_ = started_ + 1'000'000;
        interval_ = std::max<std::uint64_t>(sample_interval_ms, 1) * 1000;
        left_ = 0;
        every_ = 1;
        peak_before_ = peak_resident_pages();
        peak_sample_ = 0;
    }

    /// Before each event. True about every 1–2 ms at high rates, and at every event at low ones.
    bool due(std::size_t size) { return size >= kLarge || --left_ < 0; }

    /// Tells the time when a millisecond has passed, and the resident size when its interval has. True in that case.
    bool beat(EventStream& stream) {
        const std::uint64_t time = now();
        adapt(time - checked_);
        checked_ = time;
        const std::uint64_t since_start = time - started_;
        if (since_start - told_ < 1000) return false;
        told_ = since_start;
        stream.time(since_start);
        stream.flush();
        if (since_start - sampled_ < interval_) return false;
        sampled_ = since_start;
        sample(stream);
        return true;
    }

    /// Puts the aggregate into the file every second, or less often when that takes more than a hundredth of the time.
    void keep_aggregate(EventStream& stream) {
        const std::uint64_t time = now();
        if (time < next_aggregate_) return;
        stream.write_aggregate();
        const std::uint64_t done = now();
        next_aggregate_ = done + std::max<std::uint64_t>(1'000'000, (done - time) * 100);
    }

    void sample(EventStream& stream) {
        const std::uint64_t pages = resident_pages();
        if (!pages) return;
        peak_sample_ = std::max(peak_sample_, pages);
        stream.rss(pages);
    }

    /// Most resident pages while tracking. The kernel's own peak is exact, but counts from exec: it is taken when it
    /// rose since tracking began. Otherwise the peak lies before, and the largest sample is the best that is known.
    std::uint64_t peak_pages() const {
        const std::uint64_t peak = peak_resident_pages();
        return peak > peak_before_ ? std::max(peak, peak_sample_) : peak_sample_;
    }

  private:
    static constexpr int kMost = 256;

    static std::uint64_t now() {
        timespec time{};
        ::clock_gettime(CLOCK_MONOTONIC, &time);
        return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_nsec) / 1000;
    }

    void adapt(std::uint64_t passed) {
        if (passed < 1000) {
            every_ = std::min(every_ * 2, kMost);
        } else if (passed > 2000) {
            every_ = passed > 10'000 ? 1 : std::max(every_ / 2, 1);
        }
        left_ = every_ - 1;
    }

    std::uint64_t started_ = 0, checked_ = 0;                      // µs of the monotonic clock
    std::uint64_t told_ = 0, sampled_ = 0, interval_ = 10'000;     // µs since the start
    std::uint64_t next_aggregate_ = 0;
    std::uint64_t peak_before_ = 0, peak_sample_ = 0;              // pages
    int left_ = 0, every_ = 1;  // events
};

}  // namespace alloclens::tracker
