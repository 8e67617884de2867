#include "process_memory.hpp"

#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "tracker/pages.hpp"

namespace alloclens::tracker {
namespace {

void read_text(const char* path, char* text, std::size_t capacity) {
    const KeepErrno keep;
    text[0] = 0;
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    const ssize_t length = ::read(fd, text, capacity - 1);
    text[length > 0 ? length : 0] = 0;
    ::close(fd);
}

}  // namespace

std::uint64_t resident_pages() {
    char text[128];
    read_text("/proc/self/statm", text, sizeof text);
    char* second = nullptr;
    (void)std::strtoull(text, &second, 10);  // the first number is the address space
    return std::strtoull(second, nullptr, 10);
}

std::uint64_t peak_resident_pages() {
    char text[4096];
    read_text("/proc/self/status", text, sizeof text);
    const char* const line = std::strstr(text, "VmHWM:");
    if (!line) return 0;
    const std::uint64_t kilobytes = std::strtoull(line + std::strlen("VmHWM:"), nullptr, 10);
    return kilobytes * 1024 / static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace alloclens::tracker
