// Heap and resident memory over time, in a bounded number of steps.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace alloclens::core {

/// Steps of a millisecond from a time on; when there would be more than kMaxSteps, two become one.
class Timeline {
  public:
    explicit Timeline(std::uint64_t begin_us = 0) : begin_us_(begin_us) {}

    static constexpr std::size_t kMaxSteps = 4096;

    struct Step {
        std::uint64_t heap = 0;                ///< bytes, the highest in the step
        std::optional<std::uint64_t> rss;      ///< bytes, the last sample in the step or before it
        std::uint64_t arenas = 0;              ///< bytes, the highest in the step
    };

    /// The heap grew. Called at every allocation, so it only compares.
    void heap(std::uint64_t bytes) {
        if (bytes > highest_) highest_ = bytes;
    }

    /// Closes the steps before `time_us`, in which the heap ended as `heap`.
    void advance(std::uint64_t time_us, std::uint64_t heap);
    void rss(std::uint64_t bytes) { rss_ = bytes; }
    /// What pymalloc has mapped rose or fell.
    void arenas(std::uint64_t bytes) {
        arenas_ = bytes;
        if (bytes > highest_arenas_) highest_arenas_ = bytes;
    }

    /// What was the highest until now lies before the first step.
    void begin(std::uint64_t heap) {
        highest_ = heap;
        highest_arenas_ = arenas_;
    }

    /// As an aggregate tells it; the last step is still open.
    void restore(std::uint64_t step_us, std::uint64_t now_us, std::vector<Step> steps, std::uint64_t arenas) {
        arenas_ = arenas;
        step_us_ = step_us;
        now_us_ = now_us;
        highest_ = steps.back().heap;
        rss_ = steps.back().rss;
        highest_arenas_ = steps.back().arenas;
        steps.pop_back();
        closed_ = std::move(steps);
    }

    std::uint64_t now_us() const { return now_us_; }
    std::uint64_t begin_us() const { return begin_us_; }
    std::uint64_t step_us() const { return step_us_; }
    /// The last one is still open; none when time has not come to the first.
    std::vector<Step> steps() const;

  private:
    void halve();

    std::uint64_t begin_us_;
    std::vector<Step> closed_;
    std::uint64_t step_us_ = 1000;
    std::uint64_t now_us_ = 0;
    std::uint64_t highest_ = 0, highest_arenas_ = 0;  ///< of the open step
    std::uint64_t arenas_ = 0;
    std::optional<std::uint64_t> rss_;
};

}  // namespace alloclens::core
