#include "open_slot.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>

#include "truncation_guard.hpp"

namespace alloclens::tracker {

int OpenSlot::move(int fd, std::uint64_t offset) {
    // First the space, then the mapping: a full disk would otherwise be a SIGBUS in somebody else's program.
    int error = 0;
    do {
        error = ::posix_fallocate(fd, static_cast<off_t>(offset), kSize);
    } while (error == EINTR);
    if (error) return error;
    void* const mapped = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, fd, static_cast<off_t>(offset));
    if (mapped == MAP_FAILED) return errno;

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
    return 0;
}

void OpenSlot::begin(std::uint64_t sequence) {
    set_used(0);
    __atomic_store_n(&header_->sequence, sequence, __ATOMIC_RELEASE);
}

void OpenSlot::close() {
    if (header_) ::munmap(header_, kSize);
    header_ = nullptr;
}

}  // namespace alloclens::tracker
