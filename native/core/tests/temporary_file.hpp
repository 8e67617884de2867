// A file that goes with its object.
#pragma once

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>

namespace alloclens::core::testing {

class TemporaryFile {
  public:
    explicit TemporaryFile(std::string_view bytes = {}) {
        std::string name = "/tmp/alloclens-test-XXXXXX";
        ::close(::mkstemp(name.data()));
        path_ = name;
        write(bytes);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { ::unlink(path_.c_str()); }

    void write(std::string_view bytes) const {
        std::ofstream(path_, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

}  // namespace alloclens::core::testing
