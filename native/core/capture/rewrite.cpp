#include "rewrite.hpp"

#include <sys/stat.h>

#include "block_scan.hpp"
#include "block_writing.hpp"
#include "core/profile/aggregate.hpp"
#include "core/session.hpp"
#include "core/sink.hpp"
#include "health.hpp"

namespace alloclens::core {

namespace {

using format::BlockKind;

bool same_file(const std::string& a, const std::string& b) {
    struct stat first {}, second {};
    return ::stat(a.c_str(), &first) == 0 && ::stat(b.c_str(), &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/// The end that the program did not write.
std::string end_of(const Recording& recording) {
    const std::uint64_t start = recording.metadata ? recording.metadata->start_time_us : 0;
    return R"({"end_time_us":)" + std::to_string(start + recording.profile.timeline().now_us()) +
           R"(,"exit_status":null,"reason":"failed","message":"the capture was cut short, and repaired.","events":)" +
           std::to_string(recording.profile.events()) + R"(,"lost_events":0,"peak_rss_pages":)" +
           std::to_string(recording.profile.peak_rss_pages()) + "}";
}

class Rewriting {
  public:
    Rewriting(const File& same, const std::string& to) : file_(not_itself(same, to)), extent_(extent_of(file_)), out_(to) {
        format::Prelude prelude = extent_.prelude;
        prelude.size = sizeof prelude;
        prelude.open_offset = 0;
        out_.write({reinterpret_cast<const char*>(&prelude), sizeof prelude});
    }

    /// Calls `take(block)` for each whole block, in their order.
    template <class Take>
    void each(Take&& take) {
        scan_blocks(file_, extent_.prelude.size, extent_.limit, take, [](std::uint64_t, std::uint64_t) {});
    }
    void copy(const Block& block) {
        out_.write({reinterpret_cast<const char*>(&block.header), sizeof block.header});
        out_.write({reinterpret_cast<const char*>(block.stored), block.header.stored_size});
    }
    void add(BlockKind kind, std::uint64_t sequence, const void* payload, std::size_t size) {
        out_.write(made_block(kind, sequence, payload, size));
    }

    void add_aggregate(const Profile& profile) {
        const std::string text = encode_aggregate(profile);
        const auto parts = static_cast<std::uint32_t>(text.size() / format::kAggregatePart + 1);
        for (std::uint32_t i = 0; i < parts; ++i) {
            const format::AggregateHeader header{i, parts};
            std::string payload(reinterpret_cast<const char*>(&header), sizeof header);
            payload.append(text, i * format::kAggregatePart, format::kAggregatePart);
            add(BlockKind::aggregate, 1, payload.data(), payload.size());
        }
    }
    std::uint64_t finish() {
        out_.close();
        return out_.written();
    }

  private:
    static const File& not_itself(const File& same, const std::string& to) {
        if (same_file(same.path(), to)) throw Error("io", to + " is the capture itself. Choose another name for the new one.");
        return same;
    }

    File file_;
    Extent extent_;
    Sink out_;
};

}  // namespace

std::uint64_t repair(const File& same, const Recording& recording, const EventIndex& events, const std::string& to) {
    Rewriting out(same, to);
    out.each([&](const Block& block) {
        if (block.header.kind != BlockKind::end && block.header.kind != BlockKind::aggregate) out.copy(block);
    });
    // What was not a block yet, in its place in the order of events.
    if (!events.blocks.empty() && !events.blocks.back().payload.empty()) {
        const EventIndex::Block& open = events.blocks.back();
        out.add(BlockKind::events, open.sequence, open.payload.data(), open.payload.size() - format::kDecoderPadding);
    }
    if (recording.aggregated) out.add_aggregate(recording.profile);
    bool ended = false;
    out.each([&](const Block& block) {
        if (block.header.kind != BlockKind::end) return;
        out.copy(block);
        ended = true;
    });
    if (!ended) {
        const std::string end = end_of(recording);
        out.add(BlockKind::end, 0, end.data(), end.size());
    }
    return out.finish();
}

std::uint64_t convert(const File& same, const Recording& recording, const Profile& profile, const std::string& to) {
    if (recording.aggregated) throw Error("bad_query", same.path() + " is an aggregate already.");
    if (recording.ending() == Ending::running) {
        throw Error("bad_query", same.path() + " is still being written by its program. Convert it when the program has ended.");
    }
    if (recording.damage || recording.damaged_events != 0) {
        throw Error("damaged", same.path() + " is damaged, and sums could not tell what is missing. `inspect` shows the damage.");
    }
    Rewriting out(same, to);
    out.each([&](const Block& block) {
        if (block.header.kind != BlockKind::events && block.header.kind != BlockKind::end) out.copy(block);
    });
    out.add_aggregate(profile);
    // Where there is no end, why that is can be told without one.
    out.each([&](const Block& block) {
        if (block.header.kind == BlockKind::end) out.copy(block);
    });
    return out.finish();
}

}  // namespace alloclens::core
