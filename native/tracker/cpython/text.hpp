// The characters of a str object, read where they lie: no call into Python, no GIL, no allocation.
#pragma once

#include <cstddef>

#include "core/format/event_encoder.hpp"
#include "layout.hpp"

namespace alloclens::tracker {

using Text = format::EventEncoder::Text;

/// Empty for null, None and anything that is not a ready str.
Text read_str(const void* object, const Layout& layout);

/// As UTF-8, cut at `capacity` (nothing when it does not fit is needed: paths are shorter). Characters that stand for
/// bytes which are no UTF-8 (PEP 383) become those bytes again when `bytes` is set, as the file system wants them.
std::size_t to_utf8(const Text& text, char* out, std::size_t capacity, bool bytes);

}  // namespace alloclens::tracker
