// A profile as bytes, without the events that it was made of: what a capture of constant size holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "profile.hpp"

namespace alloclens::core {

/// The text of docs/capture-format.md, *Aggregate*. Modules are not in it: they have blocks of their own.
std::string encode_aggregate(const Profile& profile);

/// Fills an empty profile. False when the bytes make no sense; it is then half filled.
bool decode_aggregate(const std::uint8_t* data, std::size_t size, Profile& profile);

}  // namespace alloclens::core
