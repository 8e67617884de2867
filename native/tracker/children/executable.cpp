#include "executable.hpp"

#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alloclens::tracker {
namespace {

class Descriptor {
  public:
    explicit Descriptor(const char* path) : number(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
    ~Descriptor() {
        if (number >= 0) ::close(number);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    const int number;
};

/// Of `python`, `python3`, `python3.11`: 0 when the name does not tell it, −1 when it is no such name.
int minor_of(const char* name) {
    if (std::strncmp(name, "python", 6) != 0) return -1;
    name += 6;
    if (!*name) return 0;
    int major = 0, minor = 0, used = 0;
    if (std::sscanf(name, "%1d%n", &major, &used) != 1) return -1;
    if (!name[used]) return major == 3 ? 0 : 1;
    name += used;
    if (std::sscanf(name, ".%2d%n", &minor, &used) != 1) return -1;
    if (name[used] == 't' || name[used] == 'd') return 1;
    return name[used] ? -1 : major == 3 ? minor : 1;
}

bool is_own_interpreter(const struct stat& file) {
    struct stat own {};
    return ::stat("/proc/self/exe", &own) == 0 && own.st_dev == file.st_dev && own.st_ino == file.st_ino;
}

bool is_static(const char* text, std::size_t size) {
    Elf64_Ehdr header{};
    std::memcpy(&header, text, sizeof header);
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr part{};
        const std::size_t at = header.e_phoff + i * sizeof part;
        if (header.e_phentsize != sizeof part || at + sizeof part > size) return false;
        std::memcpy(&part, text + at, sizeof part);
        if (part.p_type == PT_INTERP) return false;
    }
    return true;
}

/// execve(2): the interpreter, then at most one argument, which may hold blanks.
void read_first_line(char* line, Executable& out) {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    line[std::strcspn(line, "\n")] = 0;
    char* begin = line + 2;
    while (blank(*begin)) ++begin;
    char* end = begin + std::strcspn(begin, " \t");
    char* argument = end;
    while (blank(*argument)) ++argument;
    std::size_t length = std::strlen(argument);
    while (length > 0 && blank(argument[length - 1])) --length;
    std::snprintf(out.interpreter, sizeof out.interpreter, "%.*s", static_cast<int>(end - begin), begin);
    std::snprintf(out.argument, sizeof out.argument, "%.*s", static_cast<int>(length), argument);
    out.kind = Executable::Kind::script;
}

void other(Executable& out, const char* why) {
    out.kind = Executable::Kind::other;
    out.refusal = why;
}

void look_at_program(const char* path, const Descriptor& file, const struct stat& status, Executable& out) {
    char link[32], real[PATH_MAX];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", file.number);
    const ssize_t length = ::readlink(link, real, sizeof real - 1);
    real[length > 0 ? length : 0] = 0;
    int minor = minor_of(name_of(real));
    if (minor <= 0 && is_own_interpreter(status)) minor = 8;  // that we run in, whatever its name
    if (minor < 0) minor = minor_of(name_of(path));
    if (minor < 0) {
        const bool pypy = std::strncmp(name_of(real), "pypy", 4) == 0;
        return other(out, pypy ? "it is PyPy" : "it is no Python program");
    }
    if (minor > 0 && (minor < 8 || minor > 15)) return other(out, "it is no release build of CPython 3.8 to 3.15");
    out.kind = Executable::Kind::python;
}

}  // namespace

void inspect_executable(const char* path, Executable& out) {
    out.kind = Executable::Kind::absent;
    if (::faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) != 0) return;
    struct stat status {};
    if (::stat(path, &status) != 0 || !S_ISREG(status.st_mode)) return;
    const Descriptor file(path);
    char text[1024 + 1] = {};
    const ssize_t got = file.number < 0 ? -1 : ::read(file.number, text, sizeof text - 1);
    if (got < 0) return other(out, "its file cannot be read");
    if (got > 2 && text[0] == '#' && text[1] == '!') return read_first_line(text, out);
    if (got < static_cast<ssize_t>(sizeof(Elf64_Ehdr)) || std::memcmp(text, ELFMAG, SELFMAG) != 0) {
        return other(out, "it is no Python program");
    }
    look_at_program(path, file, status, out);
    if (out.kind == Executable::Kind::other && is_static(text, static_cast<std::size_t>(got))) other(out, "it is a static program");
}

bool find_on_path(const char* name, char* const* environment, char* out, std::size_t capacity) {
    if (std::strchr(name, '/')) return static_cast<std::size_t>(std::snprintf(out, capacity, "%s", name)) < capacity;
    const char* path = "/bin:/usr/bin";
    for (; environment && *environment; ++environment) {
        if (std::strncmp(*environment, "PATH=", 5) == 0) path = *environment + 5;
    }
    for (;;) {
        const std::size_t length = std::strcspn(path, ":");
        const int written = std::snprintf(out, capacity, "%.*s%s%s", static_cast<int>(length), path, length ? "/" : "", name);
        struct stat status {};
        if (static_cast<std::size_t>(written) < capacity && ::stat(out, &status) == 0 && S_ISREG(status.st_mode) &&
            ::faccessat(AT_FDCWD, out, X_OK, AT_EACCESS) == 0) {
            return true;
        }
        if (!path[length]) return false;
        path += length + 1;
    }
}

}  // namespace alloclens::tracker
