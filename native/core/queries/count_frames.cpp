#include <utility>

#include "frame_source.hpp"
#include "queries.hpp"

namespace alloclens::core {

namespace {

/// Frames after which it is asked whether anybody still wants to know.
constexpr std::uint64_t kPatience = 4096;

bool holds(const AmountTerm& term, double number) {
    switch (term.comparison) {
        case AmountTerm::Comparison::more: return number > term.value;
        case AmountTerm::Comparison::at_least: return number >= term.value;
        case AmountTerm::Comparison::less: return number < term.value;
        case AmountTerm::Comparison::at_most: return number <= term.value;
        case AmountTerm::Comparison::equal: return number == term.value;
    }
    return false;
}

double number_of(AmountTerm::Field field, const Amount& amount, const Amount& own, std::uint64_t total) {
    switch (field) {
        case AmountTerm::Field::bytes: return static_cast<double>(amount.bytes);
        case AmountTerm::Field::own: return static_cast<double>(own.bytes);
        case AmountTerm::Field::allocations: return static_cast<double>(amount.allocations);
        case AmountTerm::Field::share: return total ? static_cast<double>(amount.bytes) / static_cast<double>(total) : 0.0;
    }
    return 0;
}

/// By place of the source.
std::vector<bool> places_found(const FrameTree& tree, const FrameSource& source, const FramesQuery& query) {
    std::vector<bool> found(source.places(), false);
    for (const std::uint32_t place : query.places) {
        if (place < tree.first_thread()) found[place] = true;
    }
    for (const std::uint32_t thread : query.threads) {
        if (thread < source.places() - tree.first_thread()) found[tree.first_thread() + thread] = true;
    }
    return found;
}

}  // namespace

void answer_count_frames(const FrameTree& tree, const Program& program, const FramesQuery& query, const Progress& progress, JsonWriter& out) {
    const FrameSource source(tree, program);
    const std::vector<bool> found = places_found(tree, source, query);
    const TreeStart start = start_of(tree, source, query.tree);
    CallGroups<FrameSource> groups(source, direction_of(query.tree));
    struct Level {
        std::vector<CallGroups<FrameSource>::Candidate> frames;
        bool below_a_hit;
        std::size_t next = 0;
    };
    std::uint64_t seen = 0, hits = 0, bytes = 0;
    std::vector<Level> path{{groups.first(start.items, start.threads), false}};
    while (!path.empty()) {
        Level& level = path.back();
        if (level.next == level.frames.size()) {
            path.pop_back();
            continue;
        }
        const auto frame = std::move(level.frames[level.next++]);
        auto callees = groups.grow(0, frame.is_level, frame.items);
        Amount own = frame.amount;
        for (const auto& callee : callees) own -= callee.amount;
        bool hit = found[frame.place];
        for (const AmountTerm& term : query.amounts) {
            hit = hit && holds(term, number_of(term.field, frame.amount, own, tree.total().bytes)) != term.negated;
        }
        const bool below = level.below_a_hit;
        hits += hit;
        if (hit && !below) bytes += frame.amount.bytes;
        if (++seen % kPatience == 0 && progress && !progress(0, 0)) throw Error("cancelled", "Looking for frames was cancelled.");
        if (!callees.empty()) path.push_back({std::move(callees), below || hit});
    }
    out.begin_object().field("frames", hits).field("bytes", bytes).end_object();
}

}  // namespace alloclens::core
