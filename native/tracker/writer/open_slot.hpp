// The open slot: the block that is being filled, in a shared mapping of the file (docs/capture-format.md). What lies in it
// is in the kernel's hands, so it outlives the process. Where no shared mapping can be had it is private memory, and what
// `flush` has not written is lost when the process is killed.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/format/layout.hpp"

namespace alloclens::tracker {

class OpenSlot {
  public:
    static constexpr std::size_t kSize = (sizeof(format::SlotHeader) + format::kEventsCapacity + 4095) / 4096 * 4096;
    static constexpr std::size_t kCapacity = format::kEventsCapacity;

    /// Reserves the slot's disk space at `offset` of the file and maps it, with what the present slot holds.
    /// 0, or the error number; then the present slot stays.
    int move(int fd, std::uint64_t offset);

    /// Empties the slot for the next block. A reader sees it empty before it sees the new number.
    void begin(int fd, std::uint64_t sequence);

    /// True when what is put into the slot is in the file at once; else it is there after `flush`.
    bool shared() const { return shared_; }
    void flush(int fd);

    std::uint8_t* payload() const { return reinterpret_cast<std::uint8_t*>(header_ + 1); }
    std::size_t used() const { return header_->used; }
    /// To be stored with release order, after the bytes.
    std::uint64_t* used_place() const { return &header_->used; }
    std::uint64_t sequence() const { return header_->sequence; }
    std::uint64_t offset() const { return offset_; }
    bool mapped() const { return header_ != nullptr; }

    /// Gives the mapping back and leaves the file as it is.
    void close();

  private:
    void write_header(int fd, std::uint64_t sequence, std::uint64_t used);

    format::SlotHeader* header_ = nullptr;
    std::uint64_t offset_ = 0;
    bool shared_ = true;
    std::size_t flushed_ = 0;  ///< payload bytes
};

}  // namespace alloclens::tracker
