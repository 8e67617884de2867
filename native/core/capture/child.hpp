// A process that the program started, or the program that took its place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/format/layout.hpp"

namespace alloclens::core {

struct Child {
    format::Birth how = format::Birth::fork;
    std::uint64_t time_us = 0;  ///< since 1970
    std::uint32_t pid = 0;
    std::string capture;  ///< name of its file, beside the parent's; empty when it was not followed
    std::string refusal;  ///< why it was not followed, to be put behind "because"
    std::vector<std::string> command;  ///< empty after a fork: it is the parent's
};

/// Takes the payload of a child block; false when it is damaged.
bool add_child(std::string_view payload, std::vector<Child>& children);

}  // namespace alloclens::core
