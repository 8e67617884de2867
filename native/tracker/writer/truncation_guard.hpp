// Survives that somebody cuts the capture file while we write into its mapping: the kernel then sends SIGBUS, which would
// end the program that we only watch.
#pragma once

#include <cstddef>

namespace alloclens::tracker {

/// Installs the SIGBUS handler. One that the program had set keeps getting what is not ours.
void install_truncation_guard();
void remove_truncation_guard();

/// The memory to guard; the region given before as well, until the next call.
void guard_against_truncation(void* start, std::size_t size);

/// True when the mapping's file was cut: what is written there is lost from then on.
bool was_truncated();

}  // namespace alloclens::tracker
