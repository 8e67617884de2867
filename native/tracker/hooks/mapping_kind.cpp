#include "mapping_kind.hpp"

#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "core/format/layout.hpp"
#include "tracker/pages.hpp"

namespace alloclens::tracker {
namespace {

/// One line of proc(5): "begin-end perms offset device inode path". True when it is that of `address`.
bool read_line(const char* line, std::uintptr_t address, std::uint8_t& kind) {
    unsigned long begin = 0, end = 0, inode = 0;
    char permissions[5] = {}, path[16] = {};
    if (std::sscanf(line, "%lx-%lx %4s %*s %*s %lu %15s", &begin, &end, permissions, &inode, path) < 4) return false;
    if (address < begin || address >= end) return false;
    // Shared anonymous memory is listed as a deleted /dev/zero.
    const bool anonymous = inode == 0 || std::strcmp(path, "/dev/zero") == 0;
    kind = static_cast<std::uint8_t>((anonymous ? format::kMappingAnonymous : 0) |
                                     (permissions[1] == 'w' ? format::kMappingWritable : 0));
    return true;
}

}  // namespace

std::uint8_t mapping_kind(const void* address) {
    const KeepErrno keep;
    const int fd = ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    char text[8192];
    std::size_t used = 0;
    std::uint8_t kind = 0;
    for (bool found = false; !found;) {
        const ssize_t got = ::read(fd, text + used, sizeof text - 1 - used);
        if (got <= 0) break;
        used += static_cast<std::size_t>(got);
        text[used] = 0;
        char* line = text;
        while (char* const end = found ? nullptr : std::strchr(line, '\n')) {
            *end = 0;
            found = read_line(line, reinterpret_cast<std::uintptr_t>(address), kind);
            line = end + 1;
        }
        used -= static_cast<std::size_t>(line - text);
        std::memmove(text, line, used);
    }
    ::close(fd);
    return kind;
}

}  // namespace alloclens::tracker
