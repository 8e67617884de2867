// Reads a capture from front to back and goes on when it has grown: see docs/capture-format.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "block.hpp"
#include "block_decoder.hpp"
#include "blocks_ahead.hpp"
#include "core/session.hpp"
#include "event_index.hpp"
#include "file.hpp"
#include "last_event.hpp"
#include "recording.hpp"

namespace alloclens::core {

class Reader {
  public:
    /// Throws Error when the file is not there or is no capture. Reads no block yet.
    explicit Reader(const std::string& path);

    /// Before anything is read: the profile of the recording that will be.
    Profile& profile_to_divide() { return recording_.profile; }
    /// When a finished capture's last event was; nothing of others.
    std::optional<std::uint64_t> time_of_last_event() { return core::time_of_last_event(file_, position_); }

    /// Reads what was appended since; true when anything was. Throws Error; what was read until then stays.
    bool update(const Progress& progress);

    const Recording& recording() const { return recording_; }
    const File& file() const { return file_; }
    /// Where its events are, for a replay.
    const EventIndex& events() const { return events_; }

    /// The text of a source, repaired to UTF-8; nothing when it can't be read any more.
    std::optional<std::string> source_text(const SourceEntry& source);

  private:
    struct Slot {
        std::uint64_t sequence;
        std::uint64_t used;
    };

    void check_prelude();
    bool read_state();
    std::uint64_t read_open_offset();
    /// Takes whole blocks from `position_` on.
    bool read_blocks(std::uint64_t limit, const Progress& progress);
    /// After a place where no whole block is: true when one was found further on.
    bool skip_damage(std::uint64_t limit);
    /// Its payload is in `payload_` unless it could not be unpacked.
    void take(const Block& block, bool unpacked);
    void take_events(const Block& block, const DecodedEvents* ahead);
    void take_source(const Block& block);
    void take_module(const Block& block);
    void take_limit(const Block& block);
    /// One block of an aggregate; the last one replaces what was known.
    void take_aggregate(const Block& block);
    /// The latest aggregate of a capture that is still written; true when it is new.
    bool take_open_aggregate(std::uint64_t offset);
    std::optional<Slot> read_slot(std::uint64_t offset);
    bool take_slot(std::uint64_t offset, const Slot& slot);
    /// Decodes a payload that begins with its preamble, from where the last call for the same sequence ended.
    void decode(std::uint64_t sequence, std::size_t size, std::uint64_t place, const DecodedEvents* ahead = nullptr);
    void damaged(std::uint64_t offset, const std::string& what);
    void report(const Progress& progress, std::uint64_t total);

    File file_;
    Recording recording_;
    BlockDecoder<Profile> decoder_{recording_.profile};
    EventIndex events_;
    std::vector<std::uint8_t> payload_;
    ReadBlock read_;
    std::vector<std::uint8_t> aggregate_;  ///< the parts that were read
    std::optional<std::uint64_t> aggregate_number_;

    std::uint64_t position_ = sizeof(format::Prelude);  ///< where the next block begins
    std::uint64_t size_ = 0;
    std::uint64_t block_begin_events_ = 0;              ///< our own count at the beginning of the block that is read
    std::uint64_t block_events_before_ = 0;             ///< what its preamble says
    std::chrono::steady_clock::time_point last_report_{};
};

}  // namespace alloclens::core
