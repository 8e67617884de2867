// The places that belong to a function, or to a class.
#pragma once

#include <vector>

#include "queries.hpp"

namespace alloclens::core {

/// By place.
std::vector<bool> places_of_function(const Places& places, const FunctionId& id);

}  // namespace alloclens::core
