// Ids of the file to places in our tables. A lost block leaves a gap of ids, which cost nothing here.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace alloclens::core {

/// Ids are defined in rising order; place 0 stands for id 0 and for what was lost.
class Ids {
  public:
    explicit Ids(std::uint32_t first) : runs_{{first, 1}}, next_(first) {}

    std::uint32_t next() const { return next_; }

    /// Ids from `next()` up to below `id` were lost. False when `id` lies behind us, which no writer does.
    bool skip_to(std::uint32_t id) {
        if (id < next_) return false;
        if (id > next_) runs_.push_back({id, place_of_next()});
        next_ = id;
        return true;
    }

    void define() { ++next_; }

    /// False when the id was never defined. An id that was lost has place 0.
    bool find(std::uint32_t id, std::uint32_t& place) const {
        const Run& last = runs_.back();
        if (id >= last.first && id < next_) [[likely]] {
            place = id - last.first + last.place;
            return true;
        }
        return find_earlier(id, place);
    }

  private:
    struct Run {
        std::uint32_t first;
        std::uint32_t place;
    };

    std::uint32_t place_of_next() const { return next_ - runs_.back().first + runs_.back().place; }

    bool find_earlier(std::uint32_t id, std::uint32_t& place) const {
        place = 0;
        if (id >= next_) return false;
        const auto after = std::upper_bound(runs_.begin(), runs_.end(), id, [](std::uint32_t i, const Run& run) { return i < run.first; });
        if (after == runs_.begin()) return true;
        const Run& run = *(after - 1);
        const std::uint32_t candidate = id - run.first + run.place;
        if (after == runs_.end() || candidate < after->place) place = candidate;
        return true;
    }

    std::vector<Run> runs_;
    std::uint32_t next_;
};

}  // namespace alloclens::core
