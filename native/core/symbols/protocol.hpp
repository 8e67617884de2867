// What core and its helper, alloclens-symbols, say to each other over a socket: one question, then its answer.
//
// The helper is a process of its own, since it reads what compilers and strangers wrote: a file that breaks it takes no
// reader with it, and libdw's licence stays with its own program. Both are of one build, so structs go as they are.
#pragma once

#include <cstdint>

namespace alloclens::core::symbols {

/// Followed by the path, the build id and `places` offsets of 8 bytes.
struct Question {
    std::uint32_t path_length;
    std::uint32_t build_id_length;
    std::uint32_t places;
    std::uint32_t unused;
};

enum class File : std::uint32_t {
    found,
    missing,
    changed,  ///< another build lies where the module was
};

/// Followed by an answer for each place.
struct Answer {
    File file;
    std::uint32_t unused;
};

/// Followed by as many frames.
struct PlaceAnswer {
    std::uint32_t frames;
};

/// Innermost first: functions that were inlined, then the one that holds them. Followed by the name and the file.
struct FrameAnswer {
    std::uint32_t line;        ///< 0: not known
    std::uint32_t first_line;  ///< of the function
    std::uint32_t name_length;
    std::uint32_t file_length;
};

inline constexpr std::uint32_t kMaxText = 1 << 20;
inline constexpr std::uint32_t kMaxPlaces = 1 << 26;
inline constexpr std::uint32_t kMaxFrames = 1 << 12;

}  // namespace alloclens::core::symbols
