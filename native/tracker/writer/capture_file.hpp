// The capture on disk: blocks from the front, the open slot a few MiB behind them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/types.h>

#include "block_writer.hpp"
#include "open_slot.hpp"

namespace alloclens::tracker {

class CaptureFile {
  public:
    /// Creates the file with its first block and, where events are to be kept, an empty slot. Empty, or a sentence.
    std::string create(const std::string& path, bool overwrite, const std::string& metadata, bool with_slot = true);

    /// Appends a block behind the others; the slot makes room if it must. 0, or the error number.
    int append(format::BlockKind kind, std::uint64_t sequence, const void* payload, std::size_t size);

    /// Instead of events: what they came to so far. It is written beside the one before, which stays until this one is
    /// whole; then its room is given back. 0, or the error number.
    int replace_aggregate(const std::string& aggregate);
    /// The last one, behind the other blocks. 0, or the error number.
    int append_aggregate(const std::string& aggregate);

    /// The slot's content was appended: empties it for the next one, further back if blocks came near.
    int next_slot();

    /// Where the slot is no shared mapping, writes what a kill would take.
    void flush();

    /// After the last block: no slot, nothing behind the blocks. 0, or the error number.
    int finish();

    /// Says in the file why it ends early, for the case that no end block can be written.
    void tell_failure(int error);

    /// False when the file was moved, deleted or replaced.
    bool still_there() const;

    /// Leaves the file as it is. In a forked child too, where nothing may be written.
    void close();

    /// False when the program has closed our descriptor and may have the same number for a file of its own, and the
    /// capture could not be opened again.
    bool still_ours();

    OpenSlot& slot() { return slot_; }
    const std::string& path() const { return path_; }

  private:
    /// The slot lies so far behind the blocks when it is placed.
    static constexpr std::uint64_t kGap = 4 * 1024 * 1024;
    /// It moves when less than this is left: the next events block must always fit.
    static constexpr std::uint64_t kReserve = 1024 * 1024;

    int place_slot(std::uint64_t blocks_end);

    /// Sources and the like come between the blocks and the aggregate; it moves on with them.
    static constexpr std::uint64_t kAggregateGap = 24 * 1024 * 1024;

    std::string path_;
    int fd_ = -1;
    dev_t device_ = 0;
    ino_t inode_ = 0;
    std::uint64_t blocks_end_ = 0;
    BlockWriter blocks_;
    OpenSlot slot_;
    std::uint64_t aggregate_begin_ = 0, aggregate_end_ = 0;  ///< in the file; 0: there is none yet
    std::uint64_t aggregates_ = 0;
};

}  // namespace alloclens::tracker
