#include "sink.hpp"

#include <cerrno>
#include <cstring>

#include "core/session.hpp"

namespace alloclens::core {

Sink::Sink(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "wbe")) {
    if (!file_) fail();
}

Sink::~Sink() {
    if (file_) std::fclose(file_);
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
