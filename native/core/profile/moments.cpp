#include "moments.hpp"

#include <algorithm>

namespace alloclens::core {

namespace {

void note_change(std::uint32_t account, std::uint32_t part, const Amount& now, Amount& before, std::vector<MomentChange>& changes) {
    if (now == before) return;
    changes.push_back({account, part, static_cast<std::int64_t>(now.bytes - before.bytes),
                       static_cast<std::int64_t>(now.allocations - before.allocations)});
    before = now;
}

}  // namespace

void Moments::note(const Profile& profile) {
    const Ledger& ledger = profile.ledger();
    const auto part = static_cast<std::uint32_t>(peaks_.size());
    peaks_.push_back(ledger.peak());
    most_.resize(ledger.accounts());
    last_peak_.resize(ledger.accounts());
    last_live_.resize(ledger.accounts());
    for (std::uint32_t account = 1; account < ledger.accounts(); ++account) {
        const Figures figures = profile.figures(account);
        most_[account] = std::max(most_[account], figures.peak.bytes);
        note_change(account, part, figures.peak, last_peak_[account], at_peak_);
        note_change(account, part, figures.unfreed, last_live_[account], live_);
    }
}

}  // namespace alloclens::core
