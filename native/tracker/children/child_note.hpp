// What a capture is told of a process that its program started, or of the program that this process becomes: the payload
// of a child block (docs/capture-format.md).
#pragma once

#include <cstddef>
#include <cstdint>

#include <sys/types.h>

#include "core/format/layout.hpp"

namespace alloclens::tracker {

/// Lies on the stack and is copied: it is also composed between fork and exec, where nothing may be allocated.
class ChildNote {
  public:
    /// `capture` is the name of its file, or empty with a `refusal` that says why there is none. `words` may be null.
    /// What has no room is left out.
    ChildNote(format::Birth how, pid_t pid, const char* capture, const char* refusal, char* const* words);

    const void* data() const { return data_; }
    std::size_t size() const { return used_; }

    static constexpr std::size_t kCapacity = 4096 - 2 * sizeof(std::uint32_t);

  private:
    void add(const char* text);

    char data_[kCapacity];
    std::size_t used_ = 0;
};

}  // namespace alloclens::tracker
