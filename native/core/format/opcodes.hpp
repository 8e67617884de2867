// The event stream's first bytes, shared by the encoder and the decoder.
#pragma once

#include <cstdint>

namespace alloclens::format {

/// Bits 0–1 of an event's first byte.
enum class EventKind : std::uint8_t { allocation = 0, free = 1, control = 2 };

// allocation: bit 2 stack predicted, bit 3 size and allocator predicted, bits 4–6 address mode, bit 7 zero
inline constexpr std::uint8_t kStackPredicted = 1 << 2;
inline constexpr std::uint8_t kShapePredicted = 1 << 3;
inline constexpr unsigned kAddressModeShift = 4;

enum class AllocationAddress : std::uint8_t {
    delta = 0,           ///< varint, from the last address of the same size class
    freed_last = 1,      ///< top of the stack of freed addresses
    same_stack = 2,      ///< where this stack's last allocation was
    after_object = 3,    ///< behind the last one of its class, as pymalloc lays objects out
    after_chunk = 4,     ///< the same, as glibc's malloc does with its 8-byte header
    freed_second = 5,    ///< second of the stack of freed addresses
    freed_third = 6,
};

// free: bit 2 set when a realloc is under way, bits 3–7 address mode
inline constexpr std::uint8_t kFreeForRealloc = 1 << 2;
inline constexpr unsigned kFreeModeShift = 3;

enum class FreeAddress : std::uint8_t {
    delta_last = 0,    ///< varint, from the last freed address
    delta_second = 1,  ///< varint, from the freed address before it
    allocated_last = 2,
    stride = 3,        ///< the last freed address plus its distance to the one before
    recent = 8,        ///< 8–11: two high bits of a place in the table of recent addresses; a byte follows
};

// control: bits 2–7
inline constexpr unsigned kControlShift = 2;
enum class Control : std::uint8_t {
    thread = 1,         ///< varint thread id: the events that follow are its
    define_thread = 2,  ///< varint kernel thread id, blob name
    define_code = 3,    ///< varint first line, byte LineTable, text file, text name, blob line table
    more_lines = 4,     ///< varint code id, blob: continues its line table
    define_stack = 5,   ///< varint (own id − parent), varint code id, varint instruction
    time = 6,           ///< varint microseconds since the last
    rss = 7,            ///< signed varint pages since the last
    map = 8,            ///< signed varint stack since the last, byte MappingFlags, varint address, varint length
    unmap = 9,          ///< varint address, varint length
    remap = 10,         ///< signed varint stack since the last, byte MappingFlags, varints: old address, old length, new address, new length
    realloc_failed = 11,  ///< varint address: the last free for realloc of this thread did not happen
    thread_name = 12,   ///< blob: the current thread's new name
    define_native_stack = 13,  ///< varint (own id − parent), varint module, varint offset: see docs/capture-format.md
    define_region = 25,   ///< varint id of the region that it lies in (0: in none), blob name
    region = 26,          ///< varint region id (0: none): what the events that follow allocate is its
    region_entered = 27,  ///< varint region id: the program has entered it once more
    make_writable = 33,  ///< signed varint stack since the last, varint address, varint length: reserved memory there becomes heap
    aborting = 34,  ///< the program has called abort(): if nothing follows, that was its end
};

}  // namespace alloclens::format
