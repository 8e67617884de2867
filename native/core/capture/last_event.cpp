#include "last_event.hpp"

#include <cstring>
#include <vector>

#include "block.hpp"
#include "core/format/event_visitor.hpp"

namespace alloclens::core {

namespace {

struct Clock : format::EventVisitor {
    std::uint64_t now_us;
    explicit Clock(std::uint64_t start_us) : now_us(start_us) {}
    void time(std::uint64_t microseconds) { now_us += microseconds; }
};

}  // namespace

std::optional<std::uint64_t> time_of_last_event(File& file, std::uint64_t first_block) {
    using format::BlockKind;
    const std::uint64_t size = file.size();
    std::uint64_t last = 0;
    format::BlockHeader header{};
    for (std::uint64_t at = first_block; header.kind != BlockKind::end; at += sizeof header + header.stored_size) {
        if (file.read(at, &header, sizeof header) < sizeof header || header.magic != format::kBlockMagic) return std::nullopt;
        if (header.kind == BlockKind::events) last = at;
    }
    const auto block = last ? read_block(file, last, size) : std::nullopt;
    std::vector<std::uint8_t> payload;
    format::EventsPreamble preamble;
    if (!block || !unpack(*block, payload) || block->header.raw_size < sizeof preamble) return std::nullopt;
    std::memcpy(&preamble, payload.data(), sizeof preamble);
    Clock clock(preamble.time_us);
    format::EventDecoder<Clock>(clock).decode(payload.data() + sizeof preamble, payload.data() + block->header.raw_size);
    return clock.now_us;
}

}  // namespace alloclens::core
