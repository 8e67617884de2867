// The bytes of a capture, format 1: see docs/capture-format.md. All integers are little-endian.
#pragma once

#include <cstddef>
#include <cstdint>

namespace alloclens::format {

inline constexpr char kFileMagic[8] = {'A', 'L', 'O', 'C', 'L', 'E', 'N', 'S'};
inline constexpr std::uint32_t kFormatVersion = 1;
inline constexpr std::uint32_t kBlockMagic = 0x4B424C41;  // "ALBK"
inline constexpr std::uint32_t kSlotMagic = 0x54534C41;   // "ALST"

/// First bytes of the file. `open_offset` and `failure` are the only fields that change afterwards.
struct Prelude {
    char magic[8];
    std::uint32_t version;
    std::uint32_t size;         ///< of this struct: blocks begin here
    std::uint64_t open_offset;  ///< where the open slot lies; 0 once the capture is finished
    std::uint32_t failure;      ///< errno when nothing more could be written, for when there was no room for an end block; else 0
    std::uint32_t reserved[9];
};
static_assert(sizeof(Prelude) == 64);

enum class BlockKind : std::uint16_t { metadata = 1, events = 2, source = 3, end = 4, child = 5, limit = 6, module = 7, aggregate = 9 };
inline constexpr BlockKind kLastBlockKind{15};
enum class Codec : std::uint16_t { raw = 0, zstd = 1 };

struct BlockHeader {
    std::uint32_t magic;
    BlockKind kind;
    Codec codec;
    std::uint32_t raw_size;     ///< bytes of the payload when decompressed
    std::uint32_t stored_size;  ///< bytes of the payload in the file, directly after this header
    std::uint64_t sequence;     ///< of an events block: 0, 1, 2, …; otherwise 0
    std::uint64_t checksum;     ///< XXH3_64 of the stored payload, seeded with XXH3_64 of the fields above
};
static_assert(sizeof(BlockHeader) == 32);

/// An events block that is still being written, in a shared mapping of the file.
struct SlotHeader {
    std::uint32_t magic;
    std::uint32_t capacity;  ///< bytes after this header that belong to the slot
    std::uint64_t sequence;  ///< the events block that the slot will become
    std::uint64_t used;      ///< payload bytes that are whole; stored last, with release order
    std::uint64_t reserved[5];
};
static_assert(sizeof(SlotHeader) == 64);

/// The first bytes of an events payload: what a reader must know when it has not read the blocks before.
struct EventsPreamble {
    std::uint64_t events_before;   ///< memory events (allocations, frees, mappings) in earlier blocks
    std::uint64_t time_us;         ///< microseconds since the start of the capture
    std::uint64_t rss_pages;       ///< last sampled resident memory, in pages of the capture's page size
    std::uint32_t first_stack;     ///< the next stack id that will be defined
    std::uint32_t first_code;      ///< the next code id that will be defined
    std::uint32_t first_thread;    ///< the next thread id that will be defined
    std::uint32_t current_thread;  ///< the thread to which the first event belongs
    std::uint32_t first_region;    ///< the next region id that will be defined
    std::uint32_t current_region;  ///< the region to which the first event belongs
};
static_assert(sizeof(EventsPreamble) == 48);

/// The first bytes of an aggregate payload: an aggregate is told in one or more blocks, one behind the other.
struct AggregateHeader {
    std::uint32_t part;   ///< from 0
    std::uint32_t parts;
};
static_assert(sizeof(AggregateHeader) == 8);
/// Bytes of an aggregate that a writer puts into one block.
inline constexpr std::size_t kAggregatePart = 1024 * 1024;

/// How a process began that the program started, or what became of this one.
enum class Birth : std::uint16_t {
    fork = 1,
    exec = 2,    ///< fork or vfork, then at once another program
    spawn = 3,   ///< posix_spawn
    became = 4,  ///< this process executed another program
    failed = 5,  ///< the last exec or became with this pid did not happen
};

/// The first bytes of a child payload. Texts follow, each with a zero byte behind it.
struct ChildHeader {
    std::uint64_t time_us;  ///< since 1970
    std::uint32_t pid;
    Birth how;
    std::uint16_t reserved;
};
static_assert(sizeof(ChildHeader) == 16);

/// What a module block begins with; the build id and the path follow.
struct ModuleHeader {
    std::uint32_t id;               ///< from 1; never given twice
    std::uint32_t flags;            ///< ModuleFlags
    std::uint64_t base;             ///< where address 0 of its own symbols lies
    std::uint64_t begin, end;       ///< of its memory
    std::uint32_t build_id_length;
    std::uint32_t path_length;
};
static_assert(sizeof(ModuleHeader) == 40);

enum ModuleFlags : std::uint32_t {
    kModuleInterpreter = 1,  ///< holds the interpreter's loop
};

/// The payload of a limit block: an allocation that the memory limit did not allow.
struct LimitReached {
    std::uint64_t time_us;  ///< since the start of the capture
    std::uint64_t heap;     ///< bytes live before it
    std::uint64_t size;     ///< bytes asked for
    std::uint64_t number;   ///< of those that were refused; 0: it was granted, recorded, and the program stopped
    std::uint32_t stack;
    std::uint32_t thread;
};
static_assert(sizeof(LimitReached) == 40);

/// Payload bytes of an events block, at most.
inline constexpr std::size_t kEventsCapacity = 256 * 1024;
/// No single event is longer than this; a writer closes the block when less room is left.
inline constexpr std::size_t kMaxEventSize = 16 * 1024;
/// Names and pieces of line tables are cut to this many bytes (longer line tables are continued).
inline constexpr std::size_t kMaxBlob = 4 * 1024;
/// A block never decompresses to more than this (sources are the largest).
inline constexpr std::size_t kMaxRawBlock = 16 * 1024 * 1024;

/// What asked for the memory.
enum class Allocator : std::uint8_t {
    malloc = 1,
    calloc = 2,
    realloc = 3,
    posix_memalign = 4,
    aligned_alloc = 5,
    memalign = 6,
    valloc = 7,
    pvalloc = 8,
    mmap = 9,
    pymem_malloc = 16,
    pymem_calloc = 17,
    pymem_realloc = 18,
    pyobject_malloc = 19,
    pyobject_calloc = 20,
    pyobject_realloc = 21,
};

/// Of a mapping. It is heap when anonymous and writable.
enum MappingFlags : std::uint8_t {
    kMappingAnonymous = 1,
    kMappingWritable = 2,
    kMappingFixed = 4,
    kMappingPythonArena = 8,  ///< pymalloc's own: recorded apart, never heap
};

enum class LineTable : std::uint8_t {
    lnotab = 0,     ///< CPython 3.8, 3.9: co_lnotab
    pep626 = 1,     ///< CPython 3.10: co_linetable, Objects/lnotab_notes.txt
    locations = 2,  ///< CPython 3.11 on: co_linetable, Objects/locations.md
};

/// Width of a character of a recorded str, as in CPython's PyUnicode_KIND; ASCII and UTF-8 are `utf8`.
enum class Encoding : std::uint8_t { utf8 = 0, latin1 = 1, ucs2 = 2, ucs4 = 4 };

}  // namespace alloclens::format
