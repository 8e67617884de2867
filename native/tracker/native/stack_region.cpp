#include "stack_region.hpp"

#include <cstddef>

#include <fcntl.h>
#include <unistd.h>

#include "tracker/pages.hpp"

namespace alloclens::tracker {
namespace {

/// Reads "begin-end …" lines as they come.
class Lines {
  public:
    explicit Lines(std::uintptr_t address) : address_(address) {}

    /// True when the line of the address is complete.
    bool take(char c) {
        if (c == '\n') {
            field_ = 0;
            now_ = {};
            return false;
        }
        if (field_ > 1) return false;
        if (c == '-' || c == ' ') return ++field_ == 2 && now_.contains(address_);
        std::uintptr_t& number = field_ == 0 ? now_.begin : now_.end;
        number = number << 4 | static_cast<std::uintptr_t>(c <= '9' ? c - '0' : c - 'a' + 10);
        return false;
    }
    const StackRegion& region() const { return now_; }

  private:
    const std::uintptr_t address_;
    StackRegion now_;
    int field_ = 0;
};

}  // namespace

StackRegion find_stack_region(std::uintptr_t address) {
    const KeepErrno keep;
    const int file = ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (file < 0) return {};
    Lines lines(address);
    StackRegion found;
    char buffer[4096];
    for (ssize_t size; found.end == 0 && (size = ::read(file, buffer, sizeof buffer)) > 0;) {
        for (ssize_t i = 0; i < size; ++i) {
            if (!lines.take(buffer[i])) continue;
            found = lines.region();
            break;
        }
    }
    ::close(file);
    return found;
}

}  // namespace alloclens::tracker
