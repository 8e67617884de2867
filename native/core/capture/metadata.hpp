// The JSON blocks of a capture: how the run began and how it ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alloclens::core {

struct Metadata {
    std::string run_id;
    std::string parent_run_id;  ///< empty when the process was not started by one that is tracked
    std::string python_version;
    std::string platform;
    std::vector<std::string> command;
    std::string target_kind = "script";
    std::string target_name;
    std::string cwd;
    std::uint64_t pid = 0;
    std::uint64_t parent_pid = 0;
    std::uint64_t start_time_us = 0;
    std::string detail = "objects";
    std::uint64_t page_size = 4096;
    std::uint64_t memory_limit = 0;  ///< bytes, 0: none
    std::string memory_limit_action = "kill";
    std::vector<std::string> standard_library;
    std::vector<std::string> site_packages;
};

struct End {
    std::uint64_t end_time_us = 0;
    std::optional<std::int64_t> exit_status;
    std::string reason = "exit";
    std::string message;
    std::uint64_t events = 0;
    std::uint64_t lost_events = 0;
    std::vector<std::string> notes;  ///< sentences about what is missing
    std::uint64_t refused = 0;  ///< allocations, by the memory limit
    std::uint64_t peak_rss_pages = 0;
};

/// Nothing when it is no JSON object; missing or odd keys keep their defaults.
std::optional<Metadata> parse_metadata(std::string_view json);
std::optional<End> parse_end(std::string_view json);
/// The object again, so that every parser takes it.
std::optional<std::string> readable_json(std::string_view json);

}  // namespace alloclens::core
