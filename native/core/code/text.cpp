#include "text.hpp"

#include <cstdint>
#include <cstring>

namespace alloclens::core {

namespace {

void append(std::string& out, std::uint32_t character) {
    // A lone surrogate is a byte that was no UTF-8 (PEP 383) or a broken str.
    if (character > 0x10FFFF || (character >= 0xD800 && character < 0xE000)) character = 0xFFFD;
    const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (character < 0x80) {
        put(character);
    } else if (character < 0x800) {
        put(0xC0 | character >> 6);
        put(0x80 | (character & 0x3F));
    } else if (character < 0x10000) {
        put(0xE0 | character >> 12);
        put(0x80 | (character >> 6 & 0x3F));
        put(0x80 | (character & 0x3F));
    } else {
        put(0xF0 | character >> 18);
        put(0x80 | (character >> 12 & 0x3F));
        put(0x80 | (character >> 6 & 0x3F));
        put(0x80 | (character & 0x3F));
    }
}

/// Length of the well-formed sequence at `at` (Unicode 15, table 3-7), or 0.
std::size_t sequence_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0u; };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
    const unsigned first = byte(at);
    const unsigned second = byte(at + 1);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return continues(at + 1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const bool overlong = first == 0xE0 && second < 0xA0;
        const bool surrogate = first == 0xED && second > 0x9F;
        return continues(at + 1) && continues(at + 2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool overlong = first == 0xF0 && second < 0x90;
        const bool too_high = first == 0xF4 && second > 0x8F;
        return continues(at + 1) && continues(at + 2) && continues(at + 3) && !overlong && !too_high ? 4 : 0;
    }
    return 0;
}

template <class Unit>
std::string widen(format::Bytes bytes) {
    std::string out;
    for (std::size_t i = 0; i + sizeof(Unit) <= bytes.size; i += sizeof(Unit)) {
        Unit unit;
        std::memcpy(&unit, bytes.data + i, sizeof(Unit));
        append(out, unit);
    }
    return out;
}

}  // namespace

std::string repair_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size();) {
        const std::size_t length = sequence_length(bytes, i);
        if (length == 0) {
            append(out, 0xFFFD);
            ++i;
        } else {
            out.append(bytes, i, length);
            i += length;
        }
    }
    return out;
}

std::string to_utf8(const format::RecordedText& text) {
    switch (text.encoding) {
        case format::Encoding::latin1: return widen<std::uint8_t>(text.bytes);
        case format::Encoding::ucs2: return widen<std::uint16_t>(text.bytes);
        case format::Encoding::ucs4: return widen<std::uint32_t>(text.bytes);
        case format::Encoding::utf8: break;
    }
    return repair_utf8({reinterpret_cast<const char*>(text.bytes.data), text.bytes.size});
}

}  // namespace alloclens::core
