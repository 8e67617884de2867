#include "health.hpp"

#include <sys/stat.h>

#include <cstring>
#include <map>

#include "block_scan.hpp"
#include "block_writing.hpp"
#include "core/sink.hpp"
#include "core/session.hpp"

namespace alloclens::core {

namespace {

std::string name_of(format::BlockKind kind) {
    switch (kind) {
        case format::BlockKind::metadata: return "metadata";
        case format::BlockKind::events: return "events";
        case format::BlockKind::source: return "source";
        case format::BlockKind::end: return "end";
        case format::BlockKind::child: return "child";
        case format::BlockKind::limit: return "limit";
        case format::BlockKind::module: return "module";
        case format::BlockKind::aggregate: return "aggregate";
    }
    return "kind " + std::to_string(static_cast<unsigned>(kind));
}

struct Extent {
    format::Prelude prelude{};
    std::uint64_t size;
    std::uint64_t limit;  ///< of blocks
};

Extent extent_of(File& file) {
    Extent extent;
    file.read(0, &extent.prelude, sizeof extent.prelude);
    extent.size = file.size();
    extent.limit = extent.prelude.open_offset ? std::min(extent.prelude.open_offset, extent.size) : extent.size;
    return extent;
}

std::optional<std::string> json_of(const Block& block) {
    std::vector<std::uint8_t> payload;
    if (!unpack(block, payload)) return std::nullopt;
    return readable_json({reinterpret_cast<const char*>(payload.data()), block.header.raw_size});
}

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

}  // namespace

Health examine(const File& same) {
    File file(same);
    const Extent extent = extent_of(file);
    Health health{extent.prelude.version, extent.size, extent.prelude.open_offset, {}, {}, {}, {}};
    std::map<format::BlockKind, Health::Kind> kinds;
    scan_blocks(file, extent.prelude.size, extent.limit,
                [&](const Block& block) {
                    Health::Kind& kind = kinds[block.header.kind];
                    ++kind.count;
                    kind.raw_bytes += block.header.raw_size;
                    kind.stored_bytes += sizeof block.header + block.header.stored_size;
                    if (block.header.kind == format::BlockKind::metadata) health.metadata = json_of(block);
                    if (block.header.kind == format::BlockKind::end) health.end = json_of(block);
                },
                [&](std::uint64_t offset, std::uint64_t end) { health.gaps.push_back({offset, end}); });
    for (auto& [kind, counts] : kinds) {
        counts.name = name_of(kind);
        health.kinds.push_back(std::move(counts));
    }
    return health;
}

std::uint64_t repair(const File& same, const Recording& recording, const EventIndex& events, const std::string& to) {
    if (same_file(same.path(), to)) throw Error("io", to + " is the capture itself. Choose another name for the repaired one.");
    File file(same);
    const Extent extent = extent_of(file);
    Sink out(to);
    format::Prelude prelude = extent.prelude;
    prelude.size = sizeof prelude;
    prelude.open_offset = 0;
    out.write({reinterpret_cast<const char*>(&prelude), sizeof prelude});
    const auto copy = [&](const Block& block) {
        out.write({reinterpret_cast<const char*>(&block.header), sizeof block.header});
        out.write({reinterpret_cast<const char*>(block.stored), block.header.stored_size});
    };
    scan_blocks(file, extent.prelude.size, extent.limit,
                [&](const Block& block) {
                    if (block.header.kind != format::BlockKind::end) copy(block);
                },
                [](std::uint64_t, std::uint64_t) {});
    // What was not a block yet, in its place in the order of events.
    if (!events.blocks.empty() && !events.blocks.back().payload.empty()) {
        const EventIndex::Block& open = events.blocks.back();
        out.write(made_block(format::BlockKind::events, open.sequence, open.payload.data(), open.payload.size() - format::kDecoderPadding));
    }
    bool ended = false;
    scan_blocks(file, extent.prelude.size, extent.limit,
                [&](const Block& block) {
                    if (block.header.kind != format::BlockKind::end) return;
                    copy(block);
                    ended = true;
                },
                [](std::uint64_t, std::uint64_t) {});
    if (!ended) {
        const std::string end = end_of(recording);
        out.write(made_block(format::BlockKind::end, 0, end.data(), end.size()));
    }
    out.close();
    return out.written();
}

}  // namespace alloclens::core
