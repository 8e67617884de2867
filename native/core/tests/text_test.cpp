#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "core/capture/metadata.hpp"
#include "core/code/origin.hpp"
#include "core/code/text.hpp"

using namespace alloclens::core;
using namespace std::string_literals;
namespace format = alloclens::format;

namespace {

std::string decoded(std::string_view bytes, format::Encoding encoding) {
    return to_utf8({{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, encoding});
}

}  // namespace

TEST_CASE("names of every width become UTF-8") {
    CHECK(decoded("caf\xE9", format::Encoding::latin1) == "café");
    CHECK(decoded("a\0\x21\x20"s, format::Encoding::ucs2) == "a‡");
    CHECK(decoded("\x00\xF6\x01\x00"s, format::Encoding::ucs4) == "😀");
    CHECK(decoded("naïve 😀", format::Encoding::utf8) == "naïve 😀");
}

TEST_CASE("what is no character becomes the replacement character") {
    CHECK(decoded("\xFF\xDC"s, format::Encoding::ucs2) == "\uFFFD");           // surrogateescape of byte FF
    CHECK(decoded("\x00\x00\x11\x00"s, format::Encoding::ucs4) == "\uFFFD");   // beyond Unicode
    CHECK(repair_utf8("a\xFFz") == "a\uFFFDz");
    CHECK(repair_utf8("\xC0\x80") == "\uFFFD\uFFFD");                          // overlong
    CHECK(repair_utf8("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");                // a surrogate
    CHECK(repair_utf8("\xE2\x82") == "\uFFFD\uFFFD");                          // cut
    CHECK(repair_utf8("\xF4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST_CASE("metadata with bytes that are no UTF-8 is read") {
    const auto metadata = parse_metadata(R"({"cwd":"/w/\udcff\\udcff","command":["\ud83d\ude00","\ud83d"],"pid":7,"page_size":0})");
    REQUIRE(metadata);
    CHECK(metadata->cwd == "/w/\uFFFD\\udcff");
    CHECK(metadata->command == std::vector<std::string>{"😀", "\uFFFD"});
    CHECK(metadata->pid == 7);
    CHECK(metadata->page_size == 4096);
    CHECK_FALSE(parse_metadata("[1]"));
    CHECK_FALSE(parse_metadata("{"));
}

TEST_CASE("paths are absolute and without detours") {
    CHECK(absolute_path("a.py", "/w") == "/w/a.py");
    CHECK(absolute_path("./b/../a.py", "/w/") == "/w/a.py");
    CHECK(absolute_path("/x//y/./z.py", "/w") == "/x/y/z.py");
    CHECK(absolute_path("../../../a.py", "/w") == "/a.py");
    CHECK(absolute_path("<string>", "/w") == "<string>");
    CHECK(absolute_path("", "/w").empty());
}

TEST_CASE("code is of the package, of the standard library or yours, in this order") {
    const Origins origins({"/usr/lib/python3"}, {"/usr/lib/python3/site-packages/", ""}, "/w");
    CHECK(origins.of("/usr/lib/python3/site-packages/numpy/core.py") == Origin::package);
    CHECK(origins.of("/usr/lib/python3/json/decoder.py") == Origin::standard_library);
    CHECK(origins.of("/usr/lib/python3.py") == Origin::yours);
    CHECK(origins.of("<frozen importlib._bootstrap>") == Origin::standard_library);
    CHECK(origins.of("<string>") == Origin::yours);
    CHECK(origins.of("/w/main.py") == Origin::yours);
}
