// gzip (RFC 1952) of bytes that are stored as they are: pprof wants the form, not the compression.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace alloclens::core {

inline std::uint32_t crc32(std::string_view bytes) {
    static const auto table = [] {
        std::array<std::uint32_t, 256> result{};
        for (std::uint32_t i = 0; i < result.size(); ++i) {
            std::uint32_t value = i;
            for (int bit = 0; bit < 8; ++bit) value = value & 1 ? 0xEDB88320u ^ (value >> 1) : value >> 1;
            result[i] = value;
        }
        return result;
    }();
    std::uint32_t crc = ~0u;
    for (const char c : bytes) crc = table[(crc ^ static_cast<std::uint8_t>(c)) & 0xFF] ^ (crc >> 8);
    return ~crc;
}

/// Deflate's stored blocks (RFC 1951, 3.2.4) hold up to 65,535 bytes each.
inline std::string gzip_stored(std::string_view bytes) {
    const auto little = [](std::uint64_t value, unsigned length) {
        std::string text;
        for (unsigned i = 0; i < length; ++i) text += static_cast<char>(value >> 8 * i);
        return text;
    };
    std::string result("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    std::string_view rest = bytes;
    do {
        const std::string_view part = rest.substr(0, 65535);
        rest.remove_prefix(part.size());
        result += rest.empty() ? '\1' : '\0';
        result += little(part.size(), 2) + little(~part.size() & 0xFFFF, 2);
        result += part;
    } while (!rest.empty());
    return result + little(crc32(bytes), 4) + little(bytes.size() & 0xFFFFFFFF, 4);
}

}  // namespace alloclens::core
