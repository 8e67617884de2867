// A whole run in little: its tree of frames with what each held over time, folded until it fits. For pages that are
// read without the capture.
#pragma once

#include <cstdint>

#include "core/profile/moments.hpp"
#include "json_writer.hpp"
#include "moment_tree.hpp"
#include "view.hpp"

namespace alloclens::core {

/// Equal parts that a run of so many stacks is cut into: an account is kept for each in which a stack allocated.
std::uint32_t moment_parts(std::uint32_t most, std::uint32_t stacks);

/// `view` and `tree` are of the whole run, whose end is at `end_us`.
void answer_moments(const View& view, const MomentTree& tree, const MomentChanges& moments, std::uint64_t end_us, JsonWriter& out);

}  // namespace alloclens::core
