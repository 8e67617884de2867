// What kind of memory lies at an address, as the kernel lists it.
#pragma once

#include <cstdint>

namespace alloclens::tracker {

/// format::MappingFlags of the mapping at `address`; 0 when there is none. It reads /proc/self/maps: for what is rare.
std::uint8_t mapping_kind(const void* address);

}  // namespace alloclens::tracker
