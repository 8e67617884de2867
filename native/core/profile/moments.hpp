// What each account held over time: noted at the end of each of the equal parts that a run is cut into.
#pragma once

#include <cstdint>
#include <vector>

#include "profile.hpp"

namespace alloclens::core {

/// A change since the part before, or what an account has of its own part.
struct MomentChange {
    std::uint32_t account;
    std::uint32_t part;
    std::int64_t bytes;
    std::int64_t allocations;
};

class Moments {
  public:
    /// To be called at the end of each part, in order.
    void note(const Profile& profile);

    /// Highest heap in each part.
    const std::vector<std::uint64_t>& peaks() const { return peaks_; }
    /// Of what was live at the highest moment of each part.
    const std::vector<MomentChange>& at_peak() const { return at_peak_; }
    /// Of what was live at the end of each part.
    const std::vector<MomentChange>& live() const { return live_; }
    /// By account: the most that it held at the highest moment of a part.
    const std::vector<std::uint64_t>& most() const { return most_; }

  private:
    std::vector<std::uint64_t> peaks_, most_;
    std::vector<MomentChange> at_peak_, live_;
    std::vector<Amount> last_peak_, last_live_;  ///< by account
};

}  // namespace alloclens::core
