#include "sink.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/session.hpp"

namespace alloclens::core {

Sink::Sink(const std::string& path) : path_(path), file_(nullptr) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) fail();
    file_ = ::fdopen(descriptor, "wb");
    if (!file_) fail();
}

/// A file that was not finished is of no use to anybody.
Sink::~Sink() {
    if (!file_) return;
    struct stat info {};
    const bool is_file = ::fstat(::fileno(file_), &info) == 0 && S_ISREG(info.st_mode);
    std::fclose(file_);
    if (is_file) ::unlink(path_.c_str());
}

void Sink::write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail();
    written_ += bytes.size();
}

void Sink::close() {
    std::FILE* const file = file_;
    file_ = nullptr;
    if (std::fclose(file) != 0) fail();
}

void Sink::fail() const {
    const int reason = errno;
    throw Error("io", path_ + " can't be written: " + std::strerror(reason) + ".");
}

}  // namespace alloclens::core
