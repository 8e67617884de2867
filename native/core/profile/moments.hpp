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

struct MomentChanges {
    std::vector<std::uint64_t> peaks;  ///< highest heap in each part
    std::vector<MomentChange> at_peak;  ///< of what was live at the highest moment of each part
    std::vector<MomentChange> at_end;   ///< of what was live at the end of each part, by the part that made it
    std::vector<MomentChange> total, temporary;  ///< what was allocated in each part: no change of anything

    static void note(std::uint32_t node, std::uint32_t made, std::uint32_t part, const Amount& now, Amount& before,
                     std::vector<MomentChange>& changes) {
        if (now == before) return;
        changes.push_back({node, made, part, static_cast<std::int64_t>(now.bytes - before.bytes),
                           static_cast<std::int64_t>(now.allocations - before.allocations)});
        before = now;
    }
};

class Moments : public MomentChanges {
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
        const auto part = static_cast<std::uint32_t>(peaks.size());
        peaks.push_back(profile.ledger().peak_since());
        for (std::uint32_t node = 0; node < peak.size(); ++node) MomentChanges::note(node, 0, part, peak[node], peak_[node], at_peak);
        for (std::uint32_t i = 0; i < live.size(); ++i) MomentChanges::note(i / parts_, i % parts_, part, live[i], live_[i], at_end);
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
            MomentChanges::note(i / parts_, 0, i % parts_, all[i], none, total);
            MomentChanges::note(i / parts_, 0, i % parts_, temporaries[i], no_temporaries, temporary);
        }
    }

  private:
    template <class NodeOf, class Found>
    static void each(const Profile& profile, NodeOf&& node_of, Found&& found) {
        for (std::uint32_t account = 1; account < profile.ledger().accounts(); ++account) {
            const std::uint32_t node = node_of(account);
            if (node != kNoNode) found(node, profile.generation(account).value_or(0), profile.figures(account));
        }
    }

    std::uint32_t parts_;
    std::vector<Amount> peak_;  ///< by node, at the highest moment of the last part
    std::vector<Amount> live_;  ///< by node and the part that made it, at the end of the last part
};

/// The same by account, for when the tree is not known yet: while a run is read for the first time. Only of few accounts.
class AccountMoments : public MomentChanges {
  public:
    static constexpr std::size_t kMostAccounts = 50'000, kMostChanges = 500'000;

    /// To be called at the end of each part, in order. False when it is too much: then this is of no use any more.
    bool note(const Profile& profile) {
        const Ledger& ledger = profile.ledger();
        const auto part = static_cast<std::uint32_t>(peaks.size());
        peaks.push_back(ledger.peak_since());
        last_.resize(ledger.accounts());
        for (std::uint32_t account = 1; account < ledger.accounts(); ++account) {
            const Figures figures = ledger.figures_since(account);
            MomentChanges::note(account, 0, part, figures.peak, last_[account].peak, at_peak);
            MomentChanges::note(account, *profile.generation(account), part, figures.unfreed, last_[account].live, at_end);
        }
        return ledger.accounts() <= kMostAccounts && at_peak.size() + at_end.size() <= kMostChanges;
    }

    /// Once, after the last part: by node.
    template <class NodeOf>
    MomentChanges finish(const Profile& profile, NodeOf&& node_of) const {
        MomentChanges changes = *this;
        for (std::vector<MomentChange>* const each : {&changes.at_peak, &changes.at_end}) {
            for (MomentChange& change : *each) change.node = node_of(change.node);
            std::erase_if(*each, [](const MomentChange& change) { return change.node == Moments::kNoNode; });
        }
        for (std::uint32_t account = 1; account < profile.ledger().accounts(); ++account) {
            const std::uint32_t node = node_of(account);
            if (node == Moments::kNoNode) continue;
            const Figures figures = profile.figures(account);
            Amount none, no_temporaries;
            MomentChanges::note(node, 0, *profile.generation(account), figures.total, none, changes.total);
            MomentChanges::note(node, 0, *profile.generation(account), figures.temporary, no_temporaries, changes.temporary);
        }
        return changes;
    }

  private:
    struct Last {
        Amount peak, live;
    };
    std::vector<Last> last_;  ///< by account, in the last part
};

}  // namespace alloclens::core
