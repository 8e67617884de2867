// Memory from the kernel.
#include <cstdarg>

#include <sys/mman.h>

#include "mapping_kind.hpp"
#include "tracker/recorder.hpp"
#include "wrappers.hpp"

namespace alloclens::tracker::hooked {
namespace {

std::uint8_t mapping_flags(int protection, int flags) {
    int result = 0;
    if (flags & MAP_ANONYMOUS) result |= format::kMappingAnonymous;
    if (protection & PROT_WRITE) result |= format::kMappingWritable;
    if (flags & MAP_FIXED) result |= format::kMappingFixed;
    if (this_thread.guard == Guard::python_allocator) result |= format::kMappingPythonArena;
    return static_cast<std::uint8_t>(result);
}

/// As `recording`, but below CPython's allocator too: its arenas are recorded, apart.
bool recording_mappings() {
    return recording() || (this_thread.guard == Guard::python_allocator && activity.on.load(std::memory_order_relaxed));
}

struct Map {
    void* address;
    std::size_t length;
    int protection, flags, fd;
    off_t offset;
};

struct Remap {
    void* address;
    std::size_t old_length, length;
    int flags;
    void* target;
};

}  // namespace

void* mmap(void* address, std::size_t length, int protection, int flags, int fd, off_t offset) {
    if (!recording_mappings()) return ::mmap(address, length, protection, flags, fd, offset);
    const std::uint8_t kind = mapping_flags(protection, flags);
    if (flags & MAP_FIXED) {  // replaces what was there, which another thread could unmap meanwhile
        Map call{address, length, protection, flags, fd, offset};
        return record_fixed_map(length, kind, [](void* arguments) {
            const Map& map = *static_cast<Map*>(arguments);
            return ::mmap(map.address, map.length, map.protection, map.flags, map.fd, map.offset);
        }, &call);
    }
    void* const mapped = ::mmap(address, length, protection, flags, fd, offset);
    if (mapped != MAP_FAILED) record_map(mapped, length, kind);
    return mapped;
}

int munmap(void* address, std::size_t length) {
    return recording_mappings() ? record_unmap(address, length) : ::munmap(address, length);
}

void* mremap(void* old_address, std::size_t old_length, std::size_t new_length, int flags, ...) {
    Remap call{old_address, old_length, new_length, flags, nullptr};
    if (flags & MREMAP_FIXED) {
        std::va_list rest;
        va_start(rest, flags);
        call.target = va_arg(rest, void*);
        va_end(rest);
    }
    const auto real = [](void* arguments) {
        const Remap& remap = *static_cast<Remap*>(arguments);
        return ::mremap(remap.address, remap.old_length, remap.length, remap.flags, remap.target);
    };
    if (!recording_mappings()) return real(&call);
    const std::uint8_t kind = mapping_kind(old_address);  // stays what it is
    return record_remap(old_address, old_length, new_length, kind, real, &call);
}

}  // namespace alloclens::tracker::hooked
