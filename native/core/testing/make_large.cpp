// make_large FILE stacks N | make_large FILE bytes N: a capture of so many stacks, or of so many bytes.
#include <cstdlib>
#include <string_view>

#include "large_captures.hpp"

using namespace alloclens::core::testing;

int main(int count, char** arguments) {
    if (count != 4) return 2;
    const std::string_view kind = arguments[2];
    const std::uint64_t amount = std::strtoull(arguments[3], nullptr, 10);
    if (kind == "stacks") CaptureBuilder::save(arguments[1], many_stacks(static_cast<std::uint32_t>(amount)));
    else if (kind == "bytes") many_bytes(arguments[1], amount);
    else return 2;
}
