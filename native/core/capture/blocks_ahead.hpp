// Blocks one after the other: while one is worked on, a second thread reads, checks, decompresses and decodes the next
// ones. It lives as long as this object, and only where there is enough to do for two processors.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "block.hpp"
#include "decoded_events.hpp"
#include "file.hpp"

namespace alloclens::core {

/// Its payload is unpacked, so `block.stored` points nowhere.
struct ReadBlock {
    Block block{};
    std::vector<std::uint8_t> payload;
    bool unpacked = false;
    DecodedEvents events;
    bool decoded = false;

    const DecodedEvents* ahead() const { return decoded ? &events : nullptr; }
};

class BlocksAhead {
  public:
    /// Reads the next block; nothing after the last one. Called by one thread at a time, which may be another one.
    using Next = std::function<std::optional<Block>(File&)>;

    /// `bytes` are about as many as there are to be read. `file` must live as long as this.
    BlocksAhead(File& file, std::uint64_t bytes, Next next);
    ~BlocksAhead();
    BlocksAhead(const BlocksAhead&) = delete;
    BlocksAhead& operator=(const BlocksAhead&) = delete;

    /// Fills `out`, whose memory is used again; false when there is no block any more. Throws what reading threw.
    bool take(ReadBlock& out);

  private:
    static constexpr std::size_t kAhead = 4;

    bool read(File& file, ReadBlock& out);
    void work();

    File& file_;
    Next next_;
    std::unique_ptr<File> others_;  ///< of the other thread: the same file with a buffer of its own
    std::array<ReadBlock, kAhead> ready_;
    std::mutex lock_;
    std::condition_variable changed_;
    std::uint64_t read_ = 0, taken_ = 0;  ///< blocks
    bool done_ = false, stop_ = false;
    std::exception_ptr error_;
    std::thread thread_;
};

}  // namespace alloclens::core
