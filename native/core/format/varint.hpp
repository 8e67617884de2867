// Variable-length integers: 7 bits a byte, low bits first; signed ones zigzag.
#pragma once

#include <cstdint>

namespace alloclens::format {

inline std::uint8_t* put_varint(std::uint8_t* out, std::uint64_t value) {
    while (value >= 0x80) {
        *out++ = static_cast<std::uint8_t>(value | 0x80);
        value >>= 7;
    }
    *out++ = static_cast<std::uint8_t>(value);
    return out;
}

/// Null when the value runs past `end` or past 64 bits.
inline const std::uint8_t* get_varint(const std::uint8_t* in, const std::uint8_t* end, std::uint64_t& value) {
    std::uint64_t result = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (in == end) return nullptr;
        const std::uint8_t byte = *in++;
        result |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80) {
            value = result;
            return in;
        }
    }
    return nullptr;
}

constexpr std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

constexpr std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

/// A distance between addresses: nearly always a multiple of 16, so that case drops four bits. Bit 0 tells.
/// Distances wrap at 2^64 and at most 62 significant bits are used by user-space addresses.
constexpr std::uint64_t pack_distance(std::uint64_t from, std::uint64_t to) {
    const auto distance = static_cast<std::int64_t>(to - from);
    if ((distance & 15) == 0) return zigzag(distance >> 4) << 1;
    return zigzag(distance) << 1 | 1;
}

constexpr std::uint64_t unpack_distance(std::uint64_t from, std::uint64_t packed) {
    const std::int64_t distance = unzigzag(packed >> 1);
    return from + static_cast<std::uint64_t>(packed & 1 ? distance : static_cast<std::int64_t>(static_cast<std::uint64_t>(distance) << 4));
}

}  // namespace alloclens::format
