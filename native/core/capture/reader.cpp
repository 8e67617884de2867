#include "reader.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

#include "block_scan.hpp"
#include "core/code/text.hpp"
#include "core/profile/aggregate.hpp"

namespace alloclens::core {

namespace {

std::string_view text_of(const std::vector<std::uint8_t>& payload) {
    return {reinterpret_cast<const char*>(payload.data()), payload.size() - format::kDecoderPadding};
}

struct SourceHeader {
    std::uint32_t flags;
    std::uint32_t name_length;
};

/// By the first bytes of memray's format (its records.h), bare or, as memray leaves it at exit, in an LZ4 frame.
bool is_of_memray(std::string_view head) {
    return head.starts_with("memray") || (head.starts_with("\x04\x22\x4D\x18") && head.substr(0, 32).find("memray") != std::string_view::npos);
}

}  // namespace

Reader::Reader(const std::string& path) : file_(path) { check_prelude(); }

void Reader::check_prelude() {
    format::Prelude prelude{};
    const std::size_t got = file_.read(0, &prelude, sizeof prelude);
    if (std::memcmp(prelude.magic, format::kFileMagic, std::min(got, sizeof prelude.magic)) != 0) {
        const bool memray = is_of_memray({reinterpret_cast<const char*>(&prelude), got});
        throw Error("not_a_capture", file_.path() + (memray ? " is a capture of memray, which AllocLens does not read. Run the program with"
                    " AllocLens to see the same here: Profile Memory in the editor, or alloclens run in a terminal."
                    : " is not an AllocLens capture. Open a file that alloclens run, a Tracker or the pytest plugin wrote."), 0);
    }
    if (got < sizeof prelude) {
        throw Error("damaged", file_.path() + " ends after " + std::to_string(got) +
                    " bytes, before anything was recorded. If the program has just been started, try again.", got);
    }
    if (prelude.version > 0xFFFFFF) {  // all bytes the other way round
        throw Error("other_architecture", file_.path() + " was recorded on a machine with another order of bytes (big-endian), which AllocLens does not read.");
    }
    if (prelude.version > format::kFormatVersion) {
        throw Error("newer_format", file_.path() + " has capture format " + std::to_string(prelude.version) +
                    ", and this AllocLens reads up to " + std::to_string(format::kFormatVersion) + ". Update AllocLens to open it.");
    }
    if (prelude.version == 0 || prelude.size < sizeof prelude) {
        throw Error("damaged", file_.path() + " has a damaged header, so it can't be read. Record it again.", 8);
    }
    position_ = prelude.size;
}

std::uint64_t Reader::read_open_offset() {
    std::uint64_t offset = 0;
    file_.read(offsetof(format::Prelude, open_offset), &offset, sizeof offset);
    return offset;
}

/// Whether the program still writes, and why it can't. Before the events: a program that ends meanwhile is running still.
bool Reader::read_state() {
    const bool writing = file_.locked();
    std::uint32_t failure = 0;
    file_.read(offsetof(format::Prelude, failure), &failure, sizeof failure);
    const bool changed = recording_.written_now != writing || recording_.write_error != static_cast<int>(failure);
    recording_.written_now = writing;
    recording_.write_error = static_cast<int>(failure);
    return changed;
}

bool Reader::update(const Progress& progress) {
    bool changed = read_state();
    // A block may be appended between looking for it and looking into the slot: so look twice before calling it lost.
    for (int looks = 0;; ++looks) {
        file_.forget();
        size_ = file_.size();
        const std::uint64_t open = read_open_offset();
        const std::uint64_t limit = open ? std::min(open, size_) : size_;
        const bool read = read_blocks(limit, progress);
        changed |= read;
        if (recording_.end) break;
        if (open && take_open_aggregate(open)) changed = true;
        if (recording_.aggregated) break;
        const auto slot = open ? read_slot(open) : std::nullopt;
        if (slot && slot->sequence <= decoder_.next_sequence()) {
            if (slot->sequence == decoder_.next_sequence()) changed |= take_slot(open, *slot);
            break;
        }
        if (read || looks == 0) continue;
        if (position_ < limit && skip_damage(limit)) {
            changed = true;
            continue;
        }
        if (slot) changed |= take_slot(open, *slot);
        break;
    }
    if (progress && !progress(size_, size_)) throw Error("cancelled", "Reading " + file_.path() + " was cancelled.");
    if (!recording_.metadata && recording_.damage && recording_.profile.events() == 0) {
        throw Error("damaged", file_.path() + " is damaged from byte " + std::to_string(recording_.damage->offset) +
                    " on, and nothing in it can be read. Record it again.", recording_.damage->offset);
    }
    return changed;
}

bool Reader::read_blocks(std::uint64_t limit, const Progress& progress) {
    bool any = false;
    BlocksAhead blocks(file_, limit - std::min(position_, limit), [limit, next = position_](File& file) mutable {
        const auto block = read_block(file, next, limit);
        if (block) next = block->end();
        return block;
    });
    while (!recording_.end && blocks.take(read_)) {
        std::swap(payload_, read_.payload);
        take(read_.block, read_.unpacked);
        position_ = read_.block.end();
        any = true;
        report(progress, size_);
    }
    return any;
}

bool Reader::skip_damage(std::uint64_t limit) {
    const auto block = find_block(file_, position_, limit);
    if (!block) {
        // What was being written when the program died is no damage, nor is the hole before the slot.
        if (!at_rest(file_, position_, limit)) damaged(position_, "what follows is no block");
        return false;
    }
    damaged(position_, "a block is not whole");
    position_ = block->offset;
    return true;
}

void Reader::take(const Block& block, bool unpacked) {
    if (!unpacked) {
        damaged(block.offset, "a block can't be decompressed");
        return;
    }
    switch (block.header.kind) {
        case format::BlockKind::metadata:
            if (auto metadata = parse_metadata(text_of(payload_))) {
                recording_.profile.set_page_size(metadata->page_size);
                recording_.metadata = std::move(metadata);
            } else {
                damaged(block.offset, "the description of the run can't be read");
            }
            break;
        case format::BlockKind::events: take_events(block, read_.ahead()); break;
        case format::BlockKind::source: take_source(block); break;
        case format::BlockKind::child:
            if (!add_child(text_of(payload_), recording_.children)) damaged(block.offset, "what is told of a child process can't be read");
            break;
        case format::BlockKind::module: take_module(block); break;
        case format::BlockKind::limit: take_limit(block); break;
        case format::BlockKind::aggregate: take_aggregate(block); break;
        case format::BlockKind::end:
            recording_.end = parse_end(text_of(payload_));
            if (recording_.end) recording_.profile.close();
            else damaged(block.offset, "the description of the run's end can't be read");
            break;
    }
}

void Reader::take_events(const Block& block, const DecodedEvents* ahead) {
    const std::uint64_t sequence = block.header.sequence;
    if (sequence < decoder_.next_sequence()) {
        damaged(block.offset, "a block of events comes twice");
        return;
    }
    decode(sequence, block.header.raw_size, block.offset, ahead);
    events_.put({block.offset, sequence, {}});
    decoder_.go_to(sequence + 1);
}

void Reader::decode(std::uint64_t sequence, std::size_t size, std::uint64_t place, const DecodedEvents* ahead) {
    const std::uint64_t events = recording_.profile.events();
    const auto outcome = decoder_.decode(sequence, payload_.data(), size, ahead);
    if (outcome.begun) {
        const std::uint64_t expected = block_events_before_ + (events - block_begin_events_);
        block_events_before_ = outcome.begun->events_before;
        block_begin_events_ = events;
        if (block_events_before_ > expected) recording_.damaged_events += block_events_before_ - expected;
    }
    if (!outcome.problem.empty()) damaged(place, outcome.problem);
}

void Reader::take_source(const Block& block) {
    SourceHeader header;
    const std::string_view payload = text_of(payload_);
    if (payload.size() < sizeof header) return damaged(block.offset, "a source can't be read");
    std::memcpy(&header, payload.data(), sizeof header);
    if (header.name_length > payload.size() - sizeof header) return damaged(block.offset, "a source can't be read");
    recording_.sources.push_back({repair_utf8(payload.substr(sizeof header, header.name_length)), (header.flags & 1) != 0,
                                  (header.flags & 2) != 0, block.offset});
}

void Reader::take_module(const Block& block) {
    format::ModuleHeader header;
    const std::string_view payload = text_of(payload_);
    if (payload.size() < sizeof header) return damaged(block.offset, "the description of a module can't be read");
    std::memcpy(&header, payload.data(), sizeof header);
    const std::string_view rest = payload.substr(sizeof header);
    if (header.build_id_length > rest.size() || header.path_length > rest.size() - header.build_id_length) {
        return damaged(block.offset, "the description of a module can't be read");
    }
    recording_.profile.module(header.id, {repair_utf8(rest.substr(header.build_id_length, header.path_length)),
                                          std::string(rest.substr(0, header.build_id_length)),
                                          (header.flags & format::kModuleInterpreter) != 0});
}

void Reader::take_aggregate(const Block& block) {
    format::AggregateHeader header;
    const std::string_view payload = text_of(payload_);
    if (payload.size() < sizeof header) return damaged(block.offset, "an aggregate can't be read");
    std::memcpy(&header, payload.data(), sizeof header);
    if (header.part == 0) aggregate_.clear();
    aggregate_.insert(aggregate_.end(), payload.begin() + sizeof header, payload.end());
    if (header.part + 1 != header.parts) return;
    const auto modules = recording_.profile.program().modules;  // are told apart
    std::destroy_at(&recording_.profile);
    std::construct_at(&recording_.profile);
    if (recording_.metadata) recording_.profile.set_page_size(recording_.metadata->page_size);
    recording_.aggregated = true;
    aggregate_number_ = block.header.sequence;
    if (!decode_aggregate(aggregate_.data(), aggregate_.size(), recording_.profile)) damaged(block.offset, "an aggregate makes no sense");
    for (const auto& [id, module] : modules) recording_.profile.module(id, module);
}

bool Reader::take_open_aggregate(std::uint64_t offset) {
    // It may be overwritten while it is read: then the next one is whole.
    for (int tries = 0; tries < 3; ++tries) {
        file_.forget();
        auto block = read_block(file_, offset, file_.size());
        if (!block && tries == 0 && !recording_.aggregated) return false;  // a slot, most likely
        bool any = false;
        while (block && block->header.kind == format::BlockKind::aggregate) {
            if (block->header.sequence == aggregate_number_) return false;
            if (!unpack(*block, payload_)) break;
            take_aggregate(*block);
            if (block->header.sequence == aggregate_number_) return true;
            any = true;
            block = read_block(file_, block->end(), file_.size());
        }
        if (!any && block) return false;
        offset = read_open_offset();
    }
    return false;
}

void Reader::take_limit(const Block& block) {
    format::LimitReached reached;
    const std::string_view payload = text_of(payload_);
    if (payload.size() < sizeof reached) return damaged(block.offset, "what is told of the memory limit can't be read");
    std::memcpy(&reached, payload.data(), sizeof reached);
    if (!recording_.limit_reached) recording_.limit_reached = reached;
    recording_.limit_refusals = std::max(recording_.limit_refusals, reached.number);
}

std::optional<std::string> Reader::source_text(const SourceEntry& source) {
    file_.forget();
    const auto block = read_block(file_, source.block_offset, file_.size());
    SourceHeader header;
    if (!block || block->header.kind != format::BlockKind::source || !unpack(*block, payload_)) return std::nullopt;
    const std::string_view payload = text_of(payload_);
    if (payload.size() < sizeof header) return std::nullopt;
    std::memcpy(&header, payload.data(), sizeof header);
    if (header.name_length > payload.size() - sizeof header) return std::nullopt;
    return repair_utf8(payload.substr(sizeof header + header.name_length));
}

/// The writer empties the slot before it gives it the next sequence, so `used` is read after the sequence.
std::optional<Reader::Slot> Reader::read_slot(std::uint64_t offset) {
    format::SlotHeader first{}, second{};
    if (file_.read(offset, &first, sizeof first) < sizeof first) return std::nullopt;
    if (file_.read(offset, &second, sizeof second) < sizeof second) return std::nullopt;
    if (first.magic != format::kSlotMagic || first.sequence != second.sequence) return std::nullopt;
    if (second.used > first.capacity || second.used > format::kEventsCapacity) return std::nullopt;
    return Slot{first.sequence, second.used};
}

bool Reader::take_slot(std::uint64_t offset, const Slot& slot) {
    const std::size_t consumed = slot.sequence == decoder_.next_sequence() ? decoder_.consumed() : 0;
    if (slot.used < sizeof(format::EventsPreamble) || slot.used <= consumed) return false;
    payload_.assign(slot.used + format::kDecoderPadding, 0);
    if (file_.read(offset + sizeof(format::SlotHeader), payload_.data(), slot.used) < slot.used) return false;
    const auto after = read_slot(offset);
    if (!after || after->sequence != slot.sequence) return false;  // a block by now: the next update finds it
    decode(slot.sequence, slot.used, offset);
    events_.put({offset, slot.sequence, payload_});
    return decoder_.consumed() != consumed;
}

void Reader::damaged(std::uint64_t offset, const std::string& what) {
    if (!recording_.damage) recording_.damage = Damage{offset, "The capture is damaged at byte " + std::to_string(offset) + ": " + what + "."};
}

void Reader::report(const Progress& progress, std::uint64_t total) {
    const auto now = std::chrono::steady_clock::now();
    if (!progress || now - last_report_ < std::chrono::milliseconds(50)) return;
    last_report_ = now;
    if (!progress(position_, total)) throw Error("cancelled", "Reading " + file_.path() + " was cancelled.");
}

}  // namespace alloclens::core
