// The capture's first block, composed from what the launcher knows and what the kernel tells.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alloclens::module {

/// Key and value; a repeated key is a list.
using Fields = std::vector<std::pair<std::string, std::string>>;

/// A JSON string. What is not UTF-8 becomes `\udcXX`, as Python's surrogateescape has it.
std::string quoted(std::string_view bytes);

/// The JSON object that docs/capture-format.md calls metadata, without what differs for each process: see
/// tracker/children/identity.hpp.
std::string metadata(const Fields& fields);

}  // namespace alloclens::module
