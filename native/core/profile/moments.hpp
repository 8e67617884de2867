// What each node of a small tree held over time: noted at the end of each of the equal parts that a run is cut into.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "profile.hpp"

namespace alloclens::core {

/// Of what was allocated in the part `made`: a change since the part before.
struct MomentChange {
    std::uint32_t node;
    std::uint32_t made;
    std::uint32_t part;
    std::int64_t bytes;
    std::int64_t allocations;
};

class Moments {
  public:
    /// An account that belongs to no node.
    static constexpr std::uint32_t kNoNode = UINT32_MAX;

    Moments(std::size_t nodes, std::uint32_t parts) : parts_(parts), peak_(nodes), live_(nodes * parts) {}

    /// To be called at the end of each part, in order. `node_of(account)` is below the number of nodes, or kNoNode.
    template <class NodeOf>
    void note(const Profile& profile, NodeOf&& node_of) {
        std::vector<Amount> peak(peak_.size()), live(live_.size());
        each(profile, node_of, [&](std::uint32_t node, std::uint32_t made, const Figures& figures) {
            peak[node] += figures.peak;
            live[node * parts_ + made] += figures.unfreed;
        });
        const auto part = static_cast<std::uint32_t>(peaks_.size());
        peaks_.push_back(profile.ledger().peak());
        for (std::uint32_t node = 0; node < peak.size(); ++node) note_change(node, 0, part, peak[node], peak_[node], at_peak);
        for (std::uint32_t i = 0; i < live.size(); ++i) note_change(i / parts_, i % parts_, part, live[i], live_[i], at_end);
    }

    /// Once, after the last part.
    template <class NodeOf>
    void finish(const Profile& profile, NodeOf&& node_of) {
        std::vector<Amount> all(live_.size()), temporaries(live_.size());
        each(profile, node_of, [&](std::uint32_t node, std::uint32_t made, const Figures& figures) {
            all[node * parts_ + made] += figures.total;
            temporaries[node * parts_ + made] += figures.temporary;
        });
        for (std::uint32_t i = 0; i < all.size(); ++i) {
            Amount none, no_temporaries;
            note_change(i / parts_, 0, i % parts_, all[i], none, total);
            note_change(i / parts_, 0, i % parts_, temporaries[i], no_temporaries, temporary);
        }
    }

    /// Highest heap in each part.
    const std::vector<std::uint64_t>& peaks() const { return peaks_; }

    std::vector<MomentChange> at_peak;  ///< of what was live at the highest moment of each part
    std::vector<MomentChange> at_end;   ///< of what was live at the end of each part, by the part that made it
    std::vector<MomentChange> total, temporary;  ///< what was allocated in each part: no change of anything

  private:
    template <class NodeOf, class Found>
    static void each(const Profile& profile, NodeOf&& node_of, Found&& found) {
        for (std::uint32_t account = 1; account < profile.ledger().accounts(); ++account) {
            const std::uint32_t node = node_of(account);
            if (node != kNoNode) found(node, profile.generation(account).value_or(0), profile.figures(account));
        }
    }

    static void note_change(std::uint32_t node, std::uint32_t made, std::uint32_t part, const Amount& now, Amount& before,
                            std::vector<MomentChange>& changes) {
        if (now == before) return;
        changes.push_back({node, made, part, static_cast<std::int64_t>(now.bytes - before.bytes),
                           static_cast<std::int64_t>(now.allocations - before.allocations)});
        before = now;
    }

    std::uint32_t parts_;
    std::vector<std::uint64_t> peaks_;
    std::vector<Amount> peak_;  ///< by node, at the highest moment of the last part
    std::vector<Amount> live_;  ///< by node and the part that made it, at the end of the last part
};

}  // namespace alloclens::core
