// A block as the tracker writes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/format/layout.hpp"

namespace alloclens::core {

/// Header and compressed payload.
std::string made_block(format::BlockKind kind, std::uint64_t sequence, const void* payload, std::size_t size);

}  // namespace alloclens::core
