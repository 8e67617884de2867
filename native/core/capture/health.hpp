// What a capture's file consists of, block by block.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "file.hpp"
#include "core/format/layout.hpp"
#include "metadata.hpp"

namespace alloclens::core {

struct Health {
    struct Kind {
        std::string name;
        std::uint64_t count = 0, raw_bytes = 0, stored_bytes = 0;
    };
    struct Gap {
        std::uint64_t offset, end;
    };

    std::uint32_t format;
    std::uint64_t size;
    std::uint64_t open_offset;  ///< 0: finished
    std::vector<Kind> kinds;
    std::vector<Gap> gaps;      ///< what is no block, between blocks
    std::optional<std::string> metadata, end;  ///< JSON
};

Health examine(const File& same);

/// Where the blocks of a capture lie.
struct Extent {
    format::Prelude prelude{};
    std::uint64_t size;
    std::uint64_t limit;  ///< of blocks
};
Extent extent_of(File& file);

}  // namespace alloclens::core
