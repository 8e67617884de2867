#include "file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "core/session.hpp"

namespace alloclens::core {

namespace {

constexpr std::size_t kBuffer = 1 << 20;

[[noreturn]] void fail(const std::string& path) {
    const int reason = errno;
    if (reason == ENOENT || reason == ENOTDIR) {
        throw Error("not_found", "There is no capture at " + path + ": it was moved or deleted, or the name is wrong.");
    }
    throw Error("io", path + " can't be read: " + std::strerror(reason) + ".");
}

}  // namespace

File::File(const std::string& path) : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (descriptor_ < 0) fail(path);
    struct stat info {};
    if (::fstat(descriptor_, &info) != 0 || !S_ISREG(info.st_mode)) {
        ::close(descriptor_);
        throw Error("not_a_capture", path + " is not an AllocLens capture: it is not a file. Name a file that alloclens run wrote.");
    }
}

File::File(const File& same) : path_(same.path_), descriptor_(::fcntl(same.descriptor_, F_DUPFD_CLOEXEC, 0)) {
    if (descriptor_ < 0) fail(path_);
}

File::~File() { ::close(descriptor_); }

std::uint64_t File::size() const {
    struct stat info {};
    if (::fstat(descriptor_, &info) != 0) fail(path_);
    return static_cast<std::uint64_t>(info.st_size);
}

bool File::locked() const {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    return ::fcntl(descriptor_, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

std::size_t File::read(std::uint64_t offset, void* out, std::size_t length) const {
    std::size_t done = 0;
    if (offset > INT64_MAX - length) return 0;
    while (done < length) {
        const ssize_t got = ::pread(descriptor_, static_cast<char*>(out) + done, length - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail(path_);
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

File::Piece File::look(std::uint64_t offset, std::size_t length) {
    if (offset < buffer_offset_ || offset + length > buffer_offset_ + buffered_) {
        const std::uint64_t end = size();
        const auto there = static_cast<std::size_t>(std::min<std::uint64_t>(offset < end ? end - offset : 0, std::max(length, kBuffer)));
        if (buffer_.size() < there) buffer_.resize(there);
        buffered_ = read(offset, buffer_.data(), there);
        buffer_offset_ = offset;
    }
    const auto skipped = static_cast<std::size_t>(offset - buffer_offset_);
    return {buffer_.data() + skipped, std::min(length, buffered_ - skipped)};
}

}  // namespace alloclens::core
