#include "capture_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_space.hpp"

namespace alloclens::tracker {
namespace {

/// A program may expect the lowest free numbers for its own files: ours is a high one.
int out_of_the_way(int fd) {
    struct rlimit limit {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return fd;
    const int high = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1024)) - 16;
    const int moved = high > fd ? ::fcntl(fd, F_DUPFD_CLOEXEC, high) : -1;
    if (moved < 0) return fd;
    ::close(fd);
    return moved;
}

/// While it is held the program runs: readers ask for it (docs/capture-format.md). The kernel gives it back however the
/// process ends. File systems without locks leave that open.
void lock_as_written(int fd) {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    ::fcntl(fd, F_OFD_SETLK, &whole);
}

std::string cannot_create(const std::string& path, int error) {
    if (error == EEXIST) return "The capture " + path + " already exists: choose another name, or overwrite it with -f.";
    return "The capture " + path + " cannot be created: " + std::strerror(error) + ". Choose another file with -o.";
}

}  // namespace

std::string CaptureFile::create(const std::string& path, bool overwrite, const std::string& metadata, bool with_slot) {
    struct stat status {};
    const bool replaces = overwrite && ::lstat(path.c_str(), &status) == 0;
    if (replaces && !S_ISREG(status.st_mode)) {
        return "The capture " + path + " cannot be created: what is there is no regular file. Choose another file with -o.";
    }
    if (!blocks_.prepare()) return cannot_create(path, ENOMEM);
    // A new file, not the old one emptied: who still reads or writes that one is not disturbed, and it stays when this
    // one can't be begun.
    const std::string begun = replaces ? path + "." + std::to_string(::getpid()) + ".new" : path;
    fd_ = ::open(begun.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd_ < 0 && replaces && errno == EEXIST) {
        return "The capture " + path + " cannot be created: a run that was killed has left " + begun + ". Delete that file.";
    }
    if (fd_ < 0) return cannot_create(path, errno);
    fd_ = out_of_the_way(fd_);
    lock_as_written(fd_);
    path_ = path;

    format::Prelude prelude{};
    std::memcpy(prelude.magic, format::kFileMagic, sizeof prelude.magic);
    prelude.version = format::kFormatVersion;
    prelude.size = sizeof prelude;
    blocks_end_ = sizeof prelude;
    int error = ::fstat(fd_, &status) == 0 ? 0 : errno;
    device_ = status.st_dev;
    inode_ = status.st_ino;
    if (!error) error = write_fully(fd_, &prelude, sizeof prelude, 0);
    if (!error) error = append(format::BlockKind::metadata, 0, metadata.data(), metadata.size());
    aggregate_begin_ = aggregate_end_ = aggregates_ = 0;
    if (!error && with_slot) error = place_slot(blocks_end_);
    if (!error && replaces && ::rename(begun.c_str(), path.c_str()) != 0) error = errno;
    if (!error) return {};
    close();
    ::unlink(begun.c_str());
    return cannot_create(path, error);
}

int CaptureFile::append(format::BlockKind kind, std::uint64_t sequence, const void* payload, std::size_t size) {
    if (size > BlockWriter::kMaxPayload) return EFBIG;
    const BlockWriter::Block block = blocks_.pack(kind, sequence, payload, size);
    if (!still_ours()) return EBADF;
    const std::uint64_t end = blocks_end_ + block.size;
    if (slot_.mapped() && end > slot_.offset()) {
        if (const int error = place_slot(end)) return error;
    }
    if (aggregate_begin_ && end > aggregate_begin_) return EFBIG;
    if (const int error = write_fully(fd_, block.data, block.size, blocks_end_)) {
        clear_space(fd_, blocks_end_, block.size);  // what was written of it is no block
        return error;
    }
    blocks_end_ = end;
    return 0;
}

namespace {

/// Calls `write(payload, size)` for each part, until one returns an error number.
template <class Write>
int each_part(const std::string& aggregate, std::size_t part_size, Write write) {
    const std::size_t parts = aggregate.size() / part_size + 1;
    for (std::size_t i = 0; i < parts; ++i) {
        const format::AggregateHeader header{static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(parts)};
        std::string payload(reinterpret_cast<const char*>(&header), sizeof header);
        payload.append(aggregate, i * part_size, part_size);
        if (const int error = write(payload.data(), payload.size())) return error;
    }
    return 0;
}

}  // namespace

int CaptureFile::replace_aggregate(const std::string& aggregate) {
    std::string blocks;
    const std::uint64_t number = ++aggregates_;
    each_part(aggregate, format::kAggregatePart, [&](const void* payload, std::size_t size) {
        const BlockWriter::Block block = blocks_.pack(format::BlockKind::aggregate, number, payload, size);
        blocks.append(static_cast<const char*>(block.data), block.size);
        return 0;
    });
    if (!still_ours()) return EBADF;
    constexpr std::uint64_t kPage = 4096;
    const std::uint64_t before = aggregate_begin_, before_end = aggregate_end_;
    std::uint64_t begin = (blocks_end_ + kAggregateGap) / kPage * kPage;
    if (begin < before_end && before < begin + blocks.size()) begin = (before_end + kPage - 1) / kPage * kPage;
    int error = write_fully(fd_, blocks.data(), blocks.size(), begin);
    if (!error) error = write_fully(fd_, &begin, sizeof begin, offsetof(format::Prelude, open_offset));
    if (error) return error;
    aggregate_begin_ = begin;
    aggregate_end_ = begin + blocks.size();
    // Room is given back where that works; where not, the next one is written over it.
    if (before_end > aggregate_end_) (void)!::ftruncate(fd_, static_cast<off_t>(aggregate_end_));
    else if (before_end) clear_space(fd_, before, before_end - before);
    return 0;
}

int CaptureFile::append_aggregate(const std::string& aggregate) {
    aggregate_begin_ = 0;  // blocks may take its place now
    const std::uint64_t number = ++aggregates_;
    return each_part(aggregate, format::kAggregatePart, [&](const void* payload, std::size_t size) {
        return append(format::BlockKind::aggregate, number, payload, size);
    });
}

int CaptureFile::next_slot() {
    slot_.begin(fd_, slot_.sequence() + 1);
    return slot_.offset() - blocks_end_ < kReserve ? place_slot(blocks_end_) : 0;
}

void CaptureFile::flush() {
    if (!slot_.shared() && slot_.mapped() && still_ours()) slot_.flush(fd_);
}

int CaptureFile::place_slot(std::uint64_t blocks_end) {
    const bool moves = slot_.mapped();
    const std::uint64_t before = slot_.offset();
    if (const int error = slot_.move(fd_, (blocks_end + kGap) / 4096 * 4096)) return error;
    const std::uint64_t offset = slot_.offset();
    const int error = write_fully(fd_, &offset, sizeof offset, offsetof(format::Prelude, open_offset));
    // A reader takes zeros for the unused gap, and anything else for damage.
    return !error && moves ? clear_space(fd_, before, OpenSlot::kSize) : error;
}

void CaptureFile::tell_failure(int error) {
    if (!still_ours()) return;
    const auto number = static_cast<std::uint32_t>(error);
    write_fully(fd_, &number, sizeof number, offsetof(format::Prelude, failure));
}

int CaptureFile::finish() {
    if (!still_ours()) return EBADF;
    const std::uint64_t none = 0;
    if (const int error = write_fully(fd_, &none, sizeof none, offsetof(format::Prelude, open_offset))) return error;
    slot_.close();
    // What lies behind the end block is read by nobody; where it can't be cut off it is only room that is lost.
    (void)!::ftruncate(fd_, static_cast<off_t>(blocks_end_));
    return 0;
}

bool CaptureFile::still_there() const {
    const KeepErrno keep;
    struct stat status {};
    return ::stat(path_.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_;
}

void CaptureFile::close() {
    slot_.close();
    if (fd_ >= 0 && still_ours()) ::close(fd_);
    fd_ = -1;
}

bool CaptureFile::still_ours() {
    const KeepErrno keep;
    const auto is_capture = [this](int fd) {
        struct stat status {};
        return ::fstat(fd, &status) == 0 && status.st_dev == device_ && status.st_ino == inode_;
    };
    if (is_capture(fd_)) return true;
    const int again = ::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (again < 0) return false;
    if (!is_capture(again)) {
        ::close(again);
        return false;
    }
    fd_ = out_of_the_way(again);
    lock_as_written(fd_);
    return true;
}

}  // namespace alloclens::tracker
