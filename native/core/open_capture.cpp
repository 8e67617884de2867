#include "open_capture.hpp"

#include <algorithm>

#include "core/profile/same_accounts.hpp"
#include "core/queries/moments.hpp"

namespace alloclens::core {

namespace {

/// Parts of a run that are kept: what one view shows, and a few that one may come back to.
constexpr std::size_t kParts = 4;

}  // namespace

OpenCapture::OpenCapture(const std::string& path, const Division& division, const Progress& progress) : reader_(path) {
    if (division.any()) divide(division);
    reader_.update(progress);
    if (moments_ && !moments_->note(recording().profile)) moments_.reset();
}

void OpenCapture::divide(const Division& division) {
    const auto last = reader_.time_of_last_event();
    if (!last) return;  // there will be more
    Profile& profile = reader_.profile_to_divide();
    profile.divide(*last + 1, division.parts, division.sizes);
    divided_ = true;
    if (!division.moments) return;
    moments_.emplace();
    profile.at_boundaries([this, &profile] {
        if (moments_->note(profile)) return;
        moments_.reset();
        profile.stop_dividing();
    });
}

bool OpenCapture::update(const Progress& progress) {
    const auto changed = [this] {
        prepared_ = false;
        forget_answers();
    };
    try {
        const bool any = reader_.update(progress);
        if (any) changed();
        return any;
    } catch (...) {
        changed();
        throw;
    }
}

void OpenCapture::forget_answers() {
    tree_.reset();
    lines_.reset();
    functions_.reset();
}

void OpenCapture::prepare() {
    if (prepared_) return;
    places_.update(recording());
    links_.update(program());
    prepared_ = true;
}

const Places& OpenCapture::places() {
    prepare();
    return places_;
}

const Places& OpenCapture::places_with_native() {
    prepare();
    if (natives_.resolve(program(), places_)) forget_answers();  // they count places, and threads from behind the last one
    return places_;
}

const StackLinks& OpenCapture::links() {
    prepare();
    return links_;
}

void OpenCapture::need_events() const {
    if (!recording().aggregated) return;
    throw Error("bad_query", "This capture is an aggregate, which keeps sums and no events: it can tell of the whole run, not of a part of it.");
}

OpenCapture::KeptPart::KeptPart(const Part& part, const Profile& whole) : profile(part, whole.shared_program()) {
    profile.set_page_size(whole.page_size());
}

const Profile& OpenCapture::profile(const Part& part, const Progress& progress) {
    return part.whole() ? recording().profile : kept_part(part, progress);
}

const Profile& OpenCapture::undivided(const Progress& progress) {
    return divided_ ? kept_part({}, progress) : recording().profile;
}

const Profile& OpenCapture::kept_part(const Part& part, const Progress& progress) {
    need_events();
    const auto known = std::find_if(parts_.begin(), parts_.end(), [&](const KeptPart& kept) { return kept.profile.part() == part; });
    if (known == parts_.end()) {
        parts_.emplace_front(part, recording().profile);
        if (parts_.size() > kParts) parts_.pop_back();
    } else {
        parts_.splice(parts_.begin(), parts_, known);
    }
    KeptPart& kept = parts_.front();
    kept.replay.catch_up(reader_.file(), reader_.events(), progress);
    if (recording().end) kept.profile.close();
    return kept.profile;
}

View OpenCapture::view_of(const Profile& profile, const Scope& scope) {
    return {recording(), profile, places(), links(), filter_of(scope, profile.ledger(), program(), places())};
}

View OpenCapture::view(const Scope& scope, const Progress& progress) { return view_of(profile(scope.part, progress), scope); }

View OpenCapture::view_undivided(const Scope& scope, const Progress& progress) {
    return view_of(scope.part.whole() ? undivided(progress) : kept_part(scope.part, progress), scope);
}

View OpenCapture::view_divided(const Scope& scope, std::uint32_t parts, bool sizes, const Progress& progress) {
    if (recording().aggregated) return view(scope, progress);
    Part part = scope.part;
    part.generations = std::clamp(parts, 1u, Division::kMostParts);
    part.by_size = sizes;
    if (part.generations > 1 && part.to_us == Part::kNoEnd) part.to_us = std::max(recording().profile.timeline().now_us(), part.from_us) + 1;
    const Profile& whole = recording().profile;
    const bool has_it = divided_ && scope.part.whole() && (parts == 1 || whole.part().generations == parts) && (!sizes || whole.part().by_size);
    return view_of(has_it ? whole : kept_part(part, progress), scope);
}

const FrameTree& OpenCapture::frame_tree(const Scope& scope, const FrameTreeOptions& options, const Progress& progress) {
    const bool natives = !options.hide.native && program().natives.size() > 1;
    if (natives) places_with_native();
    if (!tree_ || !(tree_->scope == scope) || !(tree_->tree.options() == options)) {
        tree_.reset();
        tree_.emplace(KeptTree{scope, FrameTree(view(scope, progress), options, natives ? &natives_ : nullptr)});
    }
    return tree_->tree;
}

const std::vector<LineOfCode>& OpenCapture::lines(const Scope& scope, bool native, const Progress& progress) {
    if (native) places_with_native();
    if (!lines_ || lines_->native != native || !(lines_->scope == scope)) {
        lines_.reset();
        lines_.emplace(KeptLines{scope, native, lines_of(view(scope, progress), native ? &natives_ : nullptr)});
    }
    return lines_->lines;
}

const FunctionSums& OpenCapture::functions(const Scope& scope, const Progress& progress) {
    if (!functions_ || !(functions_->scope == scope)) {
        functions_.reset();
        functions_.emplace(KeptFunctions{scope, sums_of_functions(view(scope, progress))});
    }
    return functions_->sums;
}

void OpenCapture::answer_moments(const Scope& scope, std::uint32_t max_nodes, std::uint32_t max_parts, JsonWriter& out,
                                 const Progress& progress) {
    const Profile& whole = recording().profile;
    const Ledger& ledger = whole.ledger();
    if (scope.part.temporary_threshold != 1) need_events();
    const View view = view_of(whole, scope);
    const MomentTree tree(view, max_nodes);
    const std::uint64_t end_us = whole.timeline().now_us() + 1;
    if (recording().aggregated) {
        const auto node_of = [&](std::uint32_t account) { return tree.node_of(account); };
        Moments moments(tree.nodes().size(), 1);
        moments.note(whole, node_of);
        moments.finish(whole, node_of);
        return core::answer_moments(view, tree, moments, end_us, out);
    }
    if (moments_ && scope.part.temporary_threshold == 1 && moments_->peaks.size() == max_parts) {
        return core::answer_moments(view, tree, moments_->finish(whole, [&](std::uint32_t account) { return tree.node_of(account); }), end_us, out);
    }
    Part part;
    part.to_us = end_us;
    part.temporary_threshold = scope.part.temporary_threshold;
    part.generations = moment_parts(max_parts, links().stacks());
    KeptPart run(part, whole);
    SameAccounts same_accounts(ledger);
    Growing<std::uint32_t> nodes;
    const auto node_of = [&](std::uint32_t account) {
        const Ledger& parts = run.profile.ledger();
        while (nodes.size() <= account) {
            const auto next = static_cast<std::uint32_t>(nodes.size());
            const std::uint32_t same = same_accounts.find(parts.stack_of(next), parts.whos()[parts.who_of(next)]);
            nodes.push_back(same == 0 ? Moments::kNoNode : tree.node_of(same));
        }
        return nodes[account];
    };
    Moments moments(tree.nodes().size(), part.generations);
    run.profile.at_boundaries([&] { moments.note(run.profile, node_of); });
    run.replay.catch_up(reader_.file(), reader_.events(), progress);
    moments.note(run.profile, node_of);
    moments.finish(run.profile, node_of);
    core::answer_moments(view, tree, moments, end_us, out);
}

SubjectHistory OpenCapture::history(const Scope& scope, const std::vector<bool>& subject, const Progress& progress) {
    SubjectHistory history(scope.part, subject, who_counts(scope, program()), recording().profile.page_size());
    Replay<SubjectHistory>(history).catch_up(reader_.file(), reader_.events(), progress);
    return history;
}

OpenCapture& OpenCapture::other(const std::string& path, const Progress& progress) {
    if (other_ && other_path_ == path) {
        other_->update(progress);
        return *other_;
    }
    other_ = std::make_unique<OpenCapture>(path, Division{}, progress);
    other_path_ = path;
    return *other_;
}

}  // namespace alloclens::core
