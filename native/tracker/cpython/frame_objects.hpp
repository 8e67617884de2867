// Frames of CPython before 3.11 are objects: whether one that was seen on a stack has been freed since.
#pragma once

#include <cstdint>

namespace alloclens::tracker {

/// From now on `frame` is watched. Its death changes `frame_deaths()`; so may that of another frame.
void watch_frame(const char* frame);
std::uint64_t frame_deaths();

/// The hook that watches; placed by the first `watch_frame`, since every call would pay for it.
void begin_frame_watch(void* frame_type);
void end_frame_watch();

/// Called by the hook; a test calls it for its own frames.
void frame_died(const char* frame);

}  // namespace alloclens::tracker
