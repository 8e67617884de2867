// What kind of mapping the recorded flags mean.
#pragma once

#include <cstdint>

#include "core/format/layout.hpp"
#include "mappings.hpp"

namespace alloclens::core {

/// pymalloc's arenas are shown apart; files are no heap, whatever is written into them.
inline MappingKind kind_of(std::uint8_t flags) {
    if (!(flags & format::kMappingAnonymous) || flags & format::kMappingPythonArena) return MappingKind::other;
    return flags & format::kMappingWritable ? MappingKind::heap : MappingKind::reserved;
}

}  // namespace alloclens::core
