// Where in the program a stack lies, for a sentence.
#pragma once

#include <string>

#include "core/profile/profile.hpp"

namespace alloclens::tracker {

/// `load at /w/main.py:12`, of the innermost frame of stack `id` as the capture numbers it.
std::string where(const core::Profile& profile, std::uint32_t id);

}  // namespace alloclens::tracker
