#include "text.hpp"

#include <cstdint>

namespace alloclens::tracker {
namespace {

// PyASCIIObject.state, Include/cpython/unicodeobject.h
constexpr std::uint32_t kKindMask = 0x1C, kCompact = 0x20, kAscii = 0x40;
constexpr unsigned kKindShift = 2;

std::uint32_t character(const Text& text, std::size_t index) {
    switch (text.encoding) {
        case format::Encoding::ucs2: return static_cast<const std::uint16_t*>(text.data)[index];
        case format::Encoding::ucs4: return static_cast<const std::uint32_t*>(text.data)[index];
        default: return static_cast<const std::uint8_t*>(text.data)[index];
    }
}

std::size_t width(format::Encoding encoding) {
    return encoding == format::Encoding::ucs2 ? 2 : encoding == format::Encoding::ucs4 ? 4 : 1;
}

}  // namespace

Text read_str(const void* object, const Layout& layout) {
    if (!object) return {};
    const auto state = field<std::uint32_t>(object, kStrState);
    const auto length = field<std::size_t>(object, kStrLength);
    const unsigned kind = (state & kKindMask) >> kKindShift;
    if (kind != 1 && kind != 2 && kind != 4) return {};
    const auto encoding = static_cast<format::Encoding>(kind);
    const char* const base = static_cast<const char*>(object);
    if (!(state & kCompact)) {  // 3.8–3.11 only: made by the old API, its characters lie elsewhere
        return {field<const void*>(object, layout.compact_size), length * kind, encoding};
    }
    if (state & kAscii) return {base + layout.ascii_size, length, format::Encoding::utf8};
    return {base + layout.compact_size, length * kind, encoding};
}

std::size_t to_utf8(const Text& text, char* out, std::size_t capacity, bool bytes) {
    std::size_t used = 0;
    const std::size_t count = text.bytes / width(text.encoding);
    for (std::size_t i = 0; i < count && used + 4 <= capacity; ++i) {
        const std::uint32_t c = character(text, i);
        const auto put = [&](std::uint32_t byte) { out[used++] = static_cast<char>(byte); };
        if (bytes && c >= 0xDC80 && c <= 0xDCFF) {
            put(c & 0xFF);
        } else if (c < 0x80 || text.encoding == format::Encoding::utf8) {
            put(c);
        } else if (c < 0x800) {
            put(0xC0 | c >> 6);
            put(0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            put(0xE0 | c >> 12);
            put(0x80 | (c >> 6 & 0x3F));
            put(0x80 | (c & 0x3F));
        } else {
            put(0xF0 | c >> 18);
            put(0x80 | (c >> 12 & 0x3F));
            put(0x80 | (c >> 6 & 0x3F));
            put(0x80 | (c & 0x3F));
        }
    }
    return used;
}

}  // namespace alloclens::tracker
