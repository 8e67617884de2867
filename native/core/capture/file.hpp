// The capture's file: read by place, never mapped, since somebody may cut it meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace alloclens::core {

class File {
  public:
    /// Throws Error.
    explicit File(const std::string& path);
    ~File();
    /// The same file with a buffer of its own, also when its path leads to another one by now.
    File(const File& same);
    File& operator=(const File&) = delete;

    std::uint64_t size() const;

    /// True while the tracker that writes it runs, on this machine: it holds a lock on the file until it ends.
    bool locked() const;

    /// At most `length` bytes at `offset`; fewer at the end of the file.
    std::size_t read(std::uint64_t offset, void* out, std::size_t length) const;

    /// As `read`, through a buffer: for many small pieces in rising order. Valid until the next call; may be shorter at the end.
    struct Piece {
        const std::uint8_t* data;
        std::size_t size;
    };
    Piece look(std::uint64_t offset, std::size_t length);
    /// What was buffered may have been appended to.
    void forget() { buffered_ = 0; }

    const std::string& path() const { return path_; }

  private:
    std::string path_;
    int descriptor_;
    std::vector<std::uint8_t> buffer_;
    std::uint64_t buffer_offset_ = 0;
    std::size_t buffered_ = 0;
};

}  // namespace alloclens::core
