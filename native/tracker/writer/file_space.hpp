// The capture's space on disk: written, reserved, given back, without what a system call that is missing or forbidden
// (seccomp, network and FUSE file systems), or a limit of the process, could do to the program.
#pragma once

#include <cstddef>
#include <cstdint>

namespace alloclens::tracker {

/// Each returns 0, or the error number.

/// Writes all of it at `offset`.
int write_fully(int fd, const void* data, std::size_t size, std::uint64_t offset);
/// Makes sure that the disk has room there, so that a shared mapping of it can be written to.
int reserve_space(int fd, std::uint64_t offset, std::size_t size);
/// Makes zeros of it, and gives the disk space back where the file system can do that.
int clear_space(int fd, std::uint64_t offset, std::size_t size);

}  // namespace alloclens::tracker
