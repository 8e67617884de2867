#include "health.hpp"

#include <cstring>
#include <map>

#include "block_scan.hpp"
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

std::optional<std::string> json_of(const Block& block) {
    std::vector<std::uint8_t> payload;
    if (!unpack(block, payload)) return std::nullopt;
    return readable_json({reinterpret_cast<const char*>(payload.data()), block.header.raw_size});
}

}  // namespace

Extent extent_of(File& file) {
    Extent extent;
    file.read(0, &extent.prelude, sizeof extent.prelude);
    extent.size = file.size();
    extent.limit = extent.prelude.open_offset ? std::min(extent.prelude.open_offset, extent.size) : extent.size;
    return extent;
}

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

}  // namespace alloclens::core
