// Processes that the program starts, and programs that it becomes.
//
// A Python program that is executed is followed by starting it as `run` starts one: its command line gets the launcher's
// words before its own. No environment variable and no file on its path is needed, so that it sees what it sees in a
// plain run, under -I, -E and -S too. A forked process goes on with its parent's hooks and a capture of its own, which
// begins with its first event: one that executes another program at once has none.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <time.h>

#include "mailbox.hpp"

namespace alloclens::tracker {

class Children {
  public:
    struct Options {
        bool follow = false;
        /// The launcher's file, `run` and its options, to which `--child-of RUN_ID:NAME` is added.
        std::vector<std::string> launcher;
        /// Absolute. Captures of children are NAME.PID.alloclens.
        std::string name;
    };

    /// The capture `run_id` of this process has begun.
    void begin(const Options& options, const std::string& run_id);
    void end() { follow_ = false; }

    /// Whether children are followed.
    bool followed() const { return follow_; }

    /// The launcher's words, a null behind them.
    const std::vector<char*>& launcher() const { return launcher_; }

    /// Path of a capture for process `pid` which does not exist yet. False when it is too long. Allocates nothing.
    bool free_path(pid_t pid, char* out, std::size_t capacity) const { return path_since({}, pid, out, capacity); }
    /// The same for a process that was started after `before` and may have created it already.
    bool path_since(const timespec& before, pid_t pid, char* out, std::size_t capacity) const;
    /// Why no capture can be begun by this process, to follow "because"; null when it can. Allocates nothing.
    const char* obstacle() const;

    Mailbox& mailbox() { return mailbox_; }

  private:
    bool follow_ = false;
    std::string name_, folder_;
    std::vector<std::string> words_;
    std::vector<char*> launcher_;
    Mailbox mailbox_;
};

/// Of this process. A forked child inherits it, and then begins its own.
Children& children();

}  // namespace alloclens::tracker
