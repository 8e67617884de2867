#include "file_space.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tracker/pages.hpp"

namespace alloclens::tracker {
namespace {

/// Beyond RLIMIT_FSIZE the kernel sends SIGXFSZ, which would end a program that does not ignore it.
bool beyond_limit(std::uint64_t end) {
    struct rlimit limit {};
    return ::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && end > limit.rlim_cur;
}

int write_zeros(int fd, std::uint64_t offset, std::size_t size) {
    static const char zeros[4096] = {};
    for (std::size_t done = 0; done < size; done += sizeof zeros) {
        if (const int error = write_fully(fd, zeros, std::min(sizeof zeros, size - done), offset + done)) return error;
    }
    return 0;
}

}  // namespace

int write_fully(int fd, const void* data, std::size_t size, std::uint64_t offset) {
    const KeepErrno keep;
    if (beyond_limit(offset + size)) return EFBIG;
    const char* bytes = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t written = ::pwrite(fd, bytes, size, static_cast<off_t>(offset));
        if (written < 0) {
            if (errno == EINTR) continue;
            return errno;
        }
        if (written == 0) return ENOSPC;
        bytes += written;
        size -= static_cast<std::size_t>(written);
        offset += static_cast<std::uint64_t>(written);
    }
    return 0;
}

int reserve_space(int fd, std::uint64_t offset, std::size_t size) {
    if (beyond_limit(offset + size)) return EFBIG;
    int error = 0;
    do {
        error = ::posix_fallocate(fd, static_cast<off_t>(offset), static_cast<off_t>(size));
    } while (error == EINTR);
    const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG || error == EIO;
    return error && !full ? write_zeros(fd, offset, size) : error;
}

int clear_space(int fd, std::uint64_t offset, std::size_t size) {
    const KeepErrno keep;
    if (::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset), static_cast<off_t>(size)) == 0) return 0;
    return write_zeros(fd, offset, size);
}

}  // namespace alloclens::tracker
