// Bytes for a person: decimal units, one digit behind the point where it tells something.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace alloclens::format {

inline std::string bytes_text(std::uint64_t bytes) {
    constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    unsigned unit = 0;
    std::uint64_t scale = 1;
    for (; bytes / scale >= 1000; ++unit) scale *= 1000;
    const std::uint64_t tenths = bytes / scale * 10 + bytes % scale / (scale >= 10 ? scale / 10 : 1);
    char text[32];
    const auto whole = static_cast<unsigned long long>(tenths / 10), tenth = static_cast<unsigned long long>(tenths % 10);
    if (tenth == 0) std::snprintf(text, sizeof text, "%llu %s", whole, kUnits[unit]);
    else std::snprintf(text, sizeof text, "%llu.%llu %s", whole, tenth, kUnits[unit]);
    return text;
}

}  // namespace alloclens::format
