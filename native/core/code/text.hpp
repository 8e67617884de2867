// Recorded text to UTF-8 that every JSON reader accepts: what is no character becomes U+FFFD.
#pragma once

#include <string>
#include <string_view>

#include "core/format/event_decoder.hpp"

namespace alloclens::core {

std::string repair_utf8(std::string_view bytes);
std::string to_utf8(const format::RecordedText& text);

}  // namespace alloclens::core
