// Memory from the kernel. A call that changes what lies at an address which others know runs under the recorder's lock:
// its place among the events is then that among the calls.
#include <cstdarg>

#include <sys/mman.h>
#include <unistd.h>

#include "mapping_kind.hpp"
#include "tracker/recorder/recorder.hpp"
#include "wrappers.hpp"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

namespace alloclens::tracker::hooked {
namespace {

using Kind = MappingChange::Kind;

int arena() { return this_thread.guard == Guard::python_allocator ? format::kMappingPythonArena : 0; }

std::uint8_t mapping_flags(int protection, int flags) {
    int result = arena();
    if (flags & MAP_ANONYMOUS) result |= format::kMappingAnonymous;
    if (protection & PROT_WRITE) result |= format::kMappingWritable;
    if (flags & MAP_FIXED) result |= format::kMappingFixed;
    return static_cast<std::uint8_t>(result);
}

bool is_heap(unsigned flags) {
    constexpr unsigned kinds = format::kMappingAnonymous | format::kMappingWritable | format::kMappingPythonArena;
    return (flags & kinds) == (format::kMappingAnonymous | format::kMappingWritable);
}

/// As `recording`, but below CPython's allocator too: its arenas are recorded, apart.
bool recording_mappings() {
    return recording() || (this_thread.guard == Guard::python_allocator && activity.on.load(std::memory_order_relaxed));
}

/// The break, which the C library's own malloc moves, too, through a function of its own.
void tell_moved_break(MappingChange& change, const char* before, const char* after) {
    if (after > before) {
        change = {Kind::map, format::kMappingAnonymous | format::kMappingWritable, {}, {}, before, static_cast<std::size_t>(after - before)};
    } else if (after < before) {
        change = {Kind::unmap, 0, after, static_cast<std::size_t>(before - after), {}, {}};
    }
}

}  // namespace

void* mmap(void* address, std::size_t length, int protection, int flags, int fd, off_t offset) {
    if (!recording_mappings()) return ::mmap(address, length, protection, flags, fd, offset);
    const std::uint8_t kind = mapping_flags(protection, flags);
    const Admission admission(is_heap(kind) ? length : 0);
    if (!admission) return MAP_FAILED;
    if (!(flags & MAP_FIXED)) {
        void* const mapped = ::mmap(address, length, protection, flags, fd, offset);
        if (mapped != MAP_FAILED) record_map(mapped, length, kind);
        return mapped;
    }
    void* mapped = MAP_FAILED;  // it replaces what was there, which another thread could unmap meanwhile
    record_change(true, [&](MappingChange& change) {
        mapped = ::mmap(address, length, protection, flags, fd, offset);
        if (mapped != MAP_FAILED) change = {Kind::map, kind, {}, {}, mapped, length};
    });
    return mapped;
}

int munmap(void* address, std::size_t length) {
    if (!recording_mappings()) return ::munmap(address, length);
    int result = -1;
    record_change(false, [&](MappingChange& change) {
        result = ::munmap(address, length);
        if (result == 0) change = {Kind::unmap, 0, address, length, {}, {}};
    });
    return result;
}

void* mremap(void* old_address, std::size_t old_length, std::size_t new_length, int flags, ...) {
    std::va_list rest;
    va_start(rest, flags);
    void* const target = flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) ? va_arg(rest, void*) : nullptr;
    va_end(rest);
    if (!recording_mappings()) return ::mremap(old_address, old_length, new_length, flags, target);
    const auto kind = static_cast<std::uint8_t>(mapping_kind(old_address) | arena());  // stays what it is
    const Admission admission(is_heap(kind) && new_length > old_length ? new_length - old_length : 0);
    if (!admission) return MAP_FAILED;
    void* moved = MAP_FAILED;
    record_change(true, [&](MappingChange& change) {
        moved = ::mremap(old_address, old_length, new_length, flags, target);
        if (moved == MAP_FAILED) return;
        const std::size_t gone = flags & MREMAP_DONTUNMAP ? 0 : old_length;
        change = {Kind::remap, kind, old_address, gone, moved, new_length};
    });
    return moved;
}

int mprotect(void* address, std::size_t length, int protection) {
    if (!(protection & PROT_WRITE) || !recording_mappings()) return ::mprotect(address, length, protection);
    int result = -1;
    record_change(true, [&](MappingChange& change) {
        result = ::mprotect(address, length, protection);
        if (result == 0) change = {Kind::make_writable, 0, {}, {}, address, length};
    });
    return result;
}

void* sbrk(std::intptr_t increment) {
    if (increment == 0 || !recording_mappings()) return ::sbrk(increment);
    const Admission admission(increment > 0 ? static_cast<std::size_t>(increment) : 0);
    void* before = reinterpret_cast<void*>(-1);
    if (!admission) return before;
    record_change(true, [&](MappingChange& change) {
        before = ::sbrk(increment);
        const char* const end = static_cast<const char*>(before);
        if (before != reinterpret_cast<void*>(-1)) tell_moved_break(change, end, end + increment);
    });
    return before;
}

int brk(void* end) {
    if (!recording_mappings()) return ::brk(end);
    int result = -1;
    record_change(true, [&](MappingChange& change) {
        const char* const before = static_cast<const char*>(::sbrk(0));
        result = ::brk(end);
        if (result == 0) tell_moved_break(change, before, static_cast<const char*>(end));
    });
    return result;
}

}  // namespace alloclens::tracker::hooked
