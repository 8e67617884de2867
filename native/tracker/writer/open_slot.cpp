#include "open_slot.hpp"

#include <cerrno>
#include <cstring>

#include <sys/mman.h>

#include "file_space.hpp"
#include "truncation_guard.hpp"

namespace alloclens::tracker {
namespace {

/// Not every file system has shared mappings, and seccomp may forbid them.
bool is_forbidden(int error) { return error == EPERM || error == EACCES || error == ENODEV || error == EINVAL || error == ENOSYS; }

}  // namespace

int OpenSlot::move(int fd, std::uint64_t offset) {
    // First the space, then the mapping: a full disk would otherwise be a SIGBUS in somebody else's program.
    if (const int error = reserve_space(fd, offset, kSize)) return error;
    constexpr int kAccess = PROT_READ | PROT_WRITE;
    void* mapped = ::mmap(nullptr, kSize, kAccess, MAP_SHARED, fd, static_cast<off_t>(offset));
    const bool shared = mapped != MAP_FAILED;
    if (!shared && is_forbidden(errno)) mapped = ::mmap(nullptr, kSize, kAccess, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return errno;
    // There is nothing to be read ahead: the kernel would fill the cache with zeros that few captures come to.
    ::madvise(mapped, kSize, MADV_RANDOM);

    auto* const next = static_cast<format::SlotHeader*>(mapped);
    guard_against_truncation(mapped, kSize);
    if (header_) {
        std::memcpy(static_cast<void*>(next), header_, sizeof *header_ + header_->used);
    } else {
        *next = {format::kSlotMagic, kCapacity, 0, 0, {}};
    }
    close();
    guard_against_truncation(mapped, kSize);
    header_ = next;
    offset_ = offset;
    shared_ = shared;
    flushed_ = 0;
    if (!shared_) flush(fd);
    return 0;
}

void OpenSlot::begin(int fd, std::uint64_t sequence) {
    __atomic_store_n(&header_->used, std::uint64_t{0}, __ATOMIC_RELEASE);
    if (!shared_) write_header(fd, this->sequence(), 0);
    __atomic_store_n(&header_->sequence, sequence, __ATOMIC_RELEASE);
    if (!shared_) write_header(fd, sequence, 0);
    flushed_ = 0;
}

void OpenSlot::flush(int fd) {
    const std::size_t bytes = used();
    // A reader believes `used`: so it comes last. The space is there, so writing fails no more than a mapping would.
    if (write_fully(fd, payload() + flushed_, bytes - flushed_, offset_ + sizeof *header_ + flushed_) != 0) return;
    write_header(fd, sequence(), bytes);
    flushed_ = bytes;
}

void OpenSlot::write_header(int fd, std::uint64_t sequence, std::uint64_t used) {
    const format::SlotHeader header{format::kSlotMagic, kCapacity, sequence, used, {}};
    write_fully(fd, &header, sizeof header, offset_);
}

void OpenSlot::close() {
    if (header_) ::munmap(header_, kSize);
    header_ = nullptr;
}

}  // namespace alloclens::tracker
