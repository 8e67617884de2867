// The command line by which a program is executed when it is followed.
#pragma once

#include <climits>
#include <cstddef>

#include "children.hpp"
#include "executable.hpp"

namespace alloclens::tracker {

/// Lies on the stack, about 14 kB, and allocates nothing: it is also composed between fork and exec.
class FollowedCommand {
  public:
    /// Words of a command line, at most: with more of them a program is not followed.
    static constexpr std::size_t kMaxWords = 1000;

    FollowedCommand(const Children& children, const char* path, char* const* words, char* const* environment);
    FollowedCommand(const FollowedCommand&) = delete;
    FollowedCommand& operator=(const FollowedCommand&) = delete;

    /// Nothing is there to be executed.
    bool absent() const { return executable_.kind == Executable::Kind::absent; }
    /// Null when it can be followed, else why it can't, to follow "because".
    const char* refusal() const { return refusal_; }

    const char* path() const { return path_; }
    char* const* words() const { return words_; }

  private:
    /// Each is null when all went well, else why the program can't be followed.
    const char* compose(const Children& children, const char* path, char* const* words, char* const* environment);
    const char* add_interpreter(const char* script, char* const* environment);
    const char* insert_launcher(const Children& children);
    void add(const char* word) { words_[count_++] = const_cast<char*>(word); }

    const char* path_;
    const char* refusal_ = nullptr;
    std::size_t count_ = 0;
    Executable executable_;
    char found_[PATH_MAX];             ///< the interpreter that env(1) would take
    char flags_[256], program_[256];   ///< of a word such as -um, taken apart
    char* words_[kMaxWords + 1];
};

}  // namespace alloclens::tracker
