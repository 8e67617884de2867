// What kind of mapping the recorded flags mean.
#pragma once

#include <cstdint>

#include "core/format/layout.hpp"
#include "mappings.hpp"

namespace alloclens::core {

/// Files are no heap, whatever is written into them.
inline MappingKind kind_of(std::uint8_t flags) {
    if (!(flags & format::kMappingAnonymous)) return MappingKind::other;
    if (flags & format::kMappingPythonArena) return MappingKind::arena;
    return flags & format::kMappingWritable ? MappingKind::heap : MappingKind::reserved;
}

}  // namespace alloclens::core
