#include "context.hpp"

#include <bit>
#include <cstring>

namespace alloclens::tracker {
namespace {

// Python/hamt.c and Include/internal/pycore_context.h, the same from 3.8 to 3.15: a context's variables are a tree of
// immutable nodes, five bits of the hash a level.
constexpr int kType = 8, kTypeName = 24, kSize = 16;
constexpr int kContextVariables = 24, kRoot = 16;
constexpr int kArrayChildren = 16, kBitmap = 24, kBitmapChildren = 32, kCollisionChildren = 32;
constexpr unsigned kBits = 5, kMostLevels = 8;

const void* pointer(const void* object, int offset, std::size_t index) {
    return field<const void*>(object, offset + static_cast<int>(index * sizeof(void*)));
}

/// The value of `key` below `node`, or null.
const void* find(const void* node, const void* key, std::uint32_t hash) {
    for (unsigned level = 0; node && level < kMostLevels; ++level) {
        const std::uint32_t place = level * kBits < 32 ? hash >> level * kBits & 31 : 0;
        const char* const kind = field<const char*>(field<const void*>(node, kType), kTypeName);
        if (std::strcmp(kind, "hamt_array_node") == 0) {
            node = pointer(node, kArrayChildren, place);
        } else if (std::strcmp(kind, "hamt_bitmap_node") == 0) {
            const auto bitmap = field<std::uint32_t>(node, kBitmap);
            if (!(bitmap >> place & 1)) return nullptr;
            const auto index = static_cast<std::size_t>(std::popcount(bitmap & ((1u << place) - 1)));
            const void* const there = pointer(node, kBitmapChildren, 2 * index);
            const void* const value = pointer(node, kBitmapChildren, 2 * index + 1);
            if (there == key) return value;
            if (there) return nullptr;
            node = value;  // a node of the next level
        } else if (std::strcmp(kind, "hamt_collision_node") == 0) {
            const auto size = static_cast<std::size_t>(field<std::int64_t>(node, kSize));
            for (std::size_t i = 0; i + 1 < size; i += 2) {
                if (pointer(node, kCollisionChildren, i) == key) return pointer(node, kCollisionChildren, i + 1);
            }
            return nullptr;
        } else {
            return nullptr;
        }
    }
    return nullptr;
}

}  // namespace

std::uint32_t CurrentRegion::folded(std::int64_t hash) {
    const auto both = static_cast<std::uint64_t>(hash);
    const auto folded = static_cast<std::uint32_t>(both) ^ static_cast<std::uint32_t>(both >> 32);
    return folded == UINT32_MAX ? UINT32_MAX - 1 : folded;
}

std::uint32_t CurrentRegion::look_up(const void* context) const {
    const auto* const variables = field<const void*>(context, kContextVariables);
    const void* const value = variables ? find(field<const void*>(variables, kRoot), variable_.load(std::memory_order_relaxed), hash_) : nullptr;
    return value ? field<std::uint32_t>(value, kBytesData) : 0;
}

}  // namespace alloclens::tracker
