// A file that an export is written to, piece by piece.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace alloclens::core {

class Sink {
  public:
    /// Throws Error("io"), like all that follows. A new file is for its owner alone, as captures are: what they tell of the
    /// program is in it.
    explicit Sink(const std::string& path);
    ~Sink();
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    void write(std::string_view bytes);
    /// To be called when all was written: only then it is known to have arrived.
    void close();
    std::uint64_t written() const { return written_; }

  private:
    [[noreturn]] void fail() const;

    std::string path_;
    std::FILE* file_;
    std::uint64_t written_ = 0;
};

}  // namespace alloclens::core
