// Where each CPython keeps what a stack is read from. Offsets in bytes; offsets_generator.c prints the same table from a
// version's own headers, and check_offsets.sh compares the two.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/format/layout.hpp"

namespace alloclens::tracker {

/// What a frame keeps to tell which instruction it executes.
enum class Instruction : std::uint8_t {
    byte_offset,  ///< int f_lasti in bytes, -1 before the first
    unit_offset,  ///< int f_lasti in code units of two bytes, -1 before the first
    pointer,      ///< into the bytecode that lies inside the code object
};

struct Layout {
    static constexpr int kNone = -1;

    std::uint16_t version;     ///< 0x030b is 3.11
    int thread_frame;          ///< PyThreadState: frame, cframe or current_frame
    int cframe_frame;          ///< _PyCFrame.current_frame, or kNone where the thread state has the frame itself
    int thread_id;             ///< PyThreadState: pthread_self() of its thread
    int stack_chunk;           ///< PyThreadState: the newest _PyStackChunk of its frames, or kNone where frames are objects
    int previous;              ///< frame: the one that called it
    int code;                  ///< frame: its code object; the low bits may be a tag
    int instruction;           ///< frame
    Instruction kind;
    int owner;                 ///< frame: from kFirstShim on it is no Python function, but an entry from C; or kNone
    int generator;             ///< frame: the generator that it belongs to, or kNone where frames are no objects
    int locals;                ///< frame: its local variables, of which arguments come first; the low bits may be a tag
    int file, name;            ///< code: co_filename; co_qualname where there is one, else co_name
    int first_line;            ///< code
    int line_table;            ///< code
    int bytecode;              ///< code: co_code_adaptive, or kNone
    int ascii_size;            ///< sizeof(PyASCIIObject): where the characters of an ASCII str begin
    int compact_size;          ///< sizeof(PyCompactUnicodeObject): of any other str
    format::LineTable format;

    constexpr bool operator==(const Layout&) const = default;
    /// False when an instruction's address tells the code object, too.
    constexpr bool keeps_code() const { return kind != Instruction::pointer; }
    /// The current thread state is the calling thread's; before, it is that of the thread which holds the GIL.
    constexpr bool current_is_own() const { return version >= 0x030C; }
    /// A frame has kStackTop, and it is kExecuting while the frame neither has called another one nor waits to go on.
    constexpr bool tells_execution() const { return version >= 0x030B && version <= 0x030D; }
};

/// FRAME_OWNED_BY_CSTACK of 3.12 and 3.13; FRAME_OWNED_BY_INTERPRETER of 3.14, which has CSTACK behind it.
inline constexpr char kFirstShim = 3;
/// Frames of 3.14 hold tagged references; objects are aligned to 16 bytes.
inline constexpr std::uintptr_t kTagBits = 7;
/// The same in every version.
inline constexpr int kTypeDealloc = 48, kStrLength = 16, kStrState = 32, kBytesLength = 16, kBytesData = 32,
    kChunkPrevious = 0, kChunkTop = 16, kChunkData = 24, kStackTop = 64, kExecuting = -1;

inline constexpr int kNone = Layout::kNone;
inline constexpr Layout kLayouts[] = {
    // version | thread state: frame, (of the cframe), id, chunk | frame: previous, code, instruction, owner, generator, locals |
    // code: file, name, line, table, bytecode | str | line table
    {0x0308, 24, kNone, 176, kNone, 24, 32, 104, Instruction::byte_offset, kNone, 96, 360, 104, 112, 40, 120, kNone, 48, 72, format::LineTable::lnotab},
    {0x0309, 24, kNone, 176, kNone, 24, 32, 104, Instruction::byte_offset, kNone, 96, 360, 104, 112, 40, 120, kNone, 48, 72, format::LineTable::lnotab},
    {0x030a, 24, kNone, 176, kNone, 24, 32, 96, Instruction::unit_offset, kNone, 88, 352, 104, 112, 40, 120, kNone, 48, 72, format::LineTable::pep626},
    {0x030b, 56, 8, 152, 296, 48, 32, 56, Instruction::pointer, kNone, kNone, 72, 112, 128, 72, 136, 184, 48, 72, format::LineTable::locations},
    {0x030c, 56, 0, 136, 232, 8, 0, 56, Instruction::pointer, 70, kNone, 72, 112, 128, 68, 136, 192, 40, 56, format::LineTable::locations},
    {0x030d, 72, kNone, 152, 232, 8, 0, 56, Instruction::pointer, 70, kNone, 72, 112, 128, 68, 136, 200, 40, 56, format::LineTable::locations},
    {0x030e, 72, kNone, 152, 232, 8, 0, 56, Instruction::pointer, 74, kNone, 80, 112, 128, 68, 136, 208, 40, 56, format::LineTable::locations},
    {0x030f, 72, kNone, 176, 256, 8, 0, 56, Instruction::pointer, 74, kNone, 80, 112, 128, 68, 136, 208, 40, 56, format::LineTable::locations},
};
inline constexpr std::size_t kVersions = sizeof kLayouts / sizeof *kLayouts;

/// Reads a T at `offset` bytes behind `base`.
template <class T>
inline T field(const void* base, int offset) {
    T value;
    __builtin_memcpy(&value, static_cast<const char*>(base) + offset, sizeof value);
    return value;
}

/// The code object that a frame executes.
inline const char* frame_code(const char* frame, const Layout& layout) {
    return reinterpret_cast<const char*>(field<std::uintptr_t>(frame, layout.code) & ~(layout.version < 0x030E ? 0 : kTagBits));
}

/// False when the frame is an entry from C.
inline bool is_function(const char* frame, const Layout& layout) {
    return layout.owner == kNone || field<char>(frame, layout.owner) < kFirstShim;
}

}  // namespace alloclens::tracker
