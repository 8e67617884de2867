// The tracker's whole interface to the Python module: start a capture, stop it, ask.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alloclens::tracker {

enum class Detail { objects, system };

struct Options {
    std::string path;                          ///< of the capture, absolute
    bool overwrite = false;
    Detail detail = Detail::objects;
    std::string metadata;                      ///< JSON object, see docs/capture-format.md; without ids and times
    std::string parent_run_id;                 ///< of the capture of the process that started this one, or empty
    bool follow_children = false;
    std::vector<std::string> launcher;         ///< words that start a Python program as this one was: file, `run`, options
    std::string children_name;                 ///< captures of children are `children_name`.PID.alloclens; absolute
    std::string hidden_folder;                 ///< frames of code below it, and older ones, are never shown
    std::vector<std::string> standard_library; ///< folders with a trailing slash
    std::vector<std::string> site_packages;
    bool sources = true;
    bool native_stacks = false;
    unsigned sample_interval_ms = 10;          ///< between samples of RSS
    std::uint64_t memory_limit = 0;            ///< bytes of heap, 0: none
    bool aggregate = false;                    ///< keep sums instead of events: a capture of constant size
    bool memory_limit_refuses = false;         ///< what would pass it fails; else the process is killed
    bool current_thread_only = false;          ///< what other threads allocate is not recorded
};

struct End {
    std::optional<int> exit_status;
    std::string reason = "exit";               ///< "exit" or "stopped"
};

/// Empty when this interpreter can be tracked, else one sentence for the user. Cheap; starts nothing.
std::string check_interpreter();

/// Empty when tracking has begun, else one sentence for the user. The GIL must be held.
std::string start(const Options& options);

/// Writes the rest, restores every hook. Empty, or a sentence about what could not be written.
std::string stop(const End& end);

/// True from `start` until `stop`, also when tracking ended by itself meanwhile; false in a forked child.
bool active();

/// See recorder.hpp. Regions may be entered while nothing is recorded.
bool follow_context(const void* variable, std::int64_t hash, std::uint32_t present);
std::uint32_t region(std::uint32_t parent, const std::string& name);
void region_changed(std::uint32_t entered);

/// A sentence when tracking ended by itself (disk full, file cut), to be said once; else empty.
std::string failure();

}  // namespace alloclens::tracker
