#include "sources.hpp"

#include <algorithm>
#include <cstring>
#include <ctime>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "tracker/cpython/text.hpp"

namespace alloclens::tracker {
namespace {

constexpr std::uint32_t kChangedLater = 1, kLeftOut = 2;

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * 1'000'000'000ll + time.tv_nsec; }

bool lies_in(const char* path, std::size_t length, const std::string& folder) {
    return !folder.empty() && length > folder.size() && std::memcmp(path, folder.data(), folder.size()) == 0;
}

/// Reads up to `capacity` bytes; a file that grows meanwhile is cut.
std::size_t read_all(int fd, char* out, std::size_t capacity) {
    std::size_t done = 0;
    while (done < capacity) {
        const ssize_t got = ::read(fd, out + done, capacity - done);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

}  // namespace

void Sources::begin(Folders folders, bool keep_texts) {
    folders_ = std::move(folders);
    keep_texts_ = keep_texts;
    char cwd[kMaxPath];
    cwd_ = ::getcwd(cwd, sizeof cwd) ? std::string(cwd) + "/" : std::string();
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    started_ns_ = nanoseconds(now);
    together_ = 0;
    met_.clear();
}

void Sources::end() { met_.clear(); }

Sources::Origin Sources::meet(const Text& file, EventStream& stream) {
    const std::uint64_t name_hash = XXH3_64bits_withSeed(file.data, file.bytes, static_cast<XXH64_hash_t>(file.encoding)) | 1;
    auto* const entry = met_.find_or_add({name_hash});
    if (!entry) return Origin::own;
    if (entry->id) return Origin{entry->id};

    const KeepErrno keep;
    char path[kMaxPath];
    const std::size_t length = to_utf8(file, path, sizeof path - 1, true);
    path[length] = 0;
    const Origin origin = origin_of(path, length);
    entry->id = static_cast<std::uint32_t>(origin);
    const bool synthetic = length == 0 || path[0] == '<';
    if (keep_texts_ && !synthetic && origin == Origin::own) write_text(path, file, stream);
    return origin;
}

Sources::Origin Sources::origin_of(const char* path, std::size_t length) const {
    if (lies_in(path, length, folders_.hidden)) return Origin::hidden;
    const auto holds = [&](const std::string& folder) { return lies_in(path, length, folder); };
    const bool library = std::strncmp(path, "<frozen ", 8) == 0 ||
                         std::any_of(folders_.site_packages.begin(), folders_.site_packages.end(), holds) ||
                         std::any_of(folders_.standard_library.begin(), folders_.standard_library.end(), holds);
    return library ? Origin::library : Origin::own;
}

void Sources::write_text(const char* path, const Text& name, EventStream& stream) {
    char absolute[2 * kMaxPath];
    if (path[0] != '/') {
        const std::size_t prefix = std::min(cwd_.size(), kMaxPath);
        std::memcpy(absolute, cwd_.data(), prefix);
        std::memcpy(absolute + prefix, path, std::strlen(path) + 1);
        path = absolute;
    }
    // A name may be that of a pipe or a device: never wait for one.
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return;
    struct stat status {};
    const std::size_t prefix = 2 * sizeof(std::uint32_t) + kMaxPath;
    if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        const auto size = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
        std::uint32_t flags = nanoseconds(status.st_mtim) > started_ns_ ? kChangedLater : 0;
        if (size > kMaxFile || together_ + size > kMaxTogether) flags |= kLeftOut;
        if (const Pages memory{prefix + (flags & kLeftOut ? 0 : size)}) {
            char* const payload = memory.as<char>();
            const auto name_length =
                static_cast<std::uint32_t>(to_utf8(name, payload + 2 * sizeof(std::uint32_t), kMaxPath, false));
            std::memcpy(payload, &flags, sizeof flags);
            std::memcpy(payload + sizeof flags, &name_length, sizeof name_length);
            std::size_t used = 2 * sizeof(std::uint32_t) + name_length;
            if (!(flags & kLeftOut)) used += read_all(fd, payload + used, size);
            together_ += flags & kLeftOut ? 0 : size;
            stream.block(format::BlockKind::source, payload, used);
        }
    }
    ::close(fd);
}

}  // namespace alloclens::tracker
