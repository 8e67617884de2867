#include "tracker/cpython/text.hpp"

#include <string>

#include <doctest/doctest.h>

namespace alloclens::tracker {
namespace {

std::string utf8(const std::u32string& characters, format::Encoding encoding, bool bytes) {
    std::string stored;
    for (const char32_t c : characters) {
        const std::size_t width = encoding == format::Encoding::ucs4 ? 4 : encoding == format::Encoding::ucs2 ? 2 : 1;
        for (std::size_t i = 0; i < width; ++i) stored += static_cast<char>(c >> 8 * i);
    }
    char out[256];
    return {out, to_utf8({stored.data(), stored.size(), encoding}, out, sizeof out, bytes)};
}

}  // namespace

TEST_CASE("a str becomes UTF-8 whatever width its characters have") {
    CHECK(utf8(U"caf\u00e9.py", format::Encoding::latin1, true) == "caf\u00e9.py");
    CHECK(utf8(U"\u6c49\u5b57.py", format::Encoding::ucs2, true) == "\u6c49\u5b57.py");
    CHECK(utf8(U"\U0001f40d.py", format::Encoding::ucs4, true) == "\U0001f40d.py");
    CHECK(utf8(U"plain.py", format::Encoding::utf8, true) == "plain.py");
}

TEST_CASE("bytes of a file name that are no UTF-8 are the same bytes again for the file system") {
    CHECK(utf8(U"a\xdcff.py", format::Encoding::ucs2, true) == "a\xff.py");
    CHECK(utf8(U"a\xdcff.py", format::Encoding::ucs2, false) == "a\xed\xb3\xbf.py");
}

TEST_CASE("a name that is too long is cut, never in the middle of a character") {
    char out[8];
    const char16_t name[] = u"\u6c49\u6c49\u6c49\u6c49";
    CHECK(to_utf8({name, 8, format::Encoding::ucs2}, out, sizeof out, true) == 6);
}

}  // namespace alloclens::tracker
