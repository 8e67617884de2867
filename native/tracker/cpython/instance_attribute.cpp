#include "instance_attribute.hpp"

#include <cstddef>

#include "exported.hpp"

namespace alloclens::tracker {
namespace {

// What the headers say, release builds on x86-64; offsets_generator.c prints it.
constexpr int kType = 8;
constexpr int kBasicSize = 32, kFlags = 168, kDictOffset = 288;  // PyTypeObject
constexpr std::uint64_t kInlineValues = 1u << 2, kManagedDict = 1u << 4;
// From 3.11 on, PyDictKeysObject: the entries of names lie behind the indices, a name and a place for its value each.
constexpr int kIndexBytes = 9, kEntries = 24, kIndices = 32, kEntrySize = 16;
constexpr int kManagedDictPointer = -24, kValuesPointer = -32;  // before the object; the second in 3.11 alone
constexpr int kValuesValid = 3;  // PyDictValues, from 3.13 on

constexpr int cached_keys(std::uint16_t version) { return version < 0x030c ? 872 : version < 0x030f ? 880 : 888; }
constexpr int first_value(std::uint16_t version) { return version < 0x030d ? 0 : 8; }

}  // namespace

bool AttributeReader::begin(const Interpreter& interpreter, const char* name) {
    void* (*intern)(const char* text) = nullptr;
    std::int64_t (*hash)(void* object) = nullptr;
    if (!find_exported(intern, "PyUnicode_InternFromString") || !find_exported(hash, "PyObject_Hash") || !find_exported(get_item_, "_PyDict_GetItem_KnownHash")) {
        return false;
    }
    version_ = interpreter.layout().version;
    name_ = intern(name);  // kept for ever
    if (name_) hash_ = hash(name_);
    return name_ != nullptr;
}

const void* AttributeReader::read(void* object) const {
    const auto* const type = field<const void*>(object, kType);
    const bool managed = version_ >= 0x030b && field<std::uint64_t>(type, kFlags) & kManagedDict;
    if (!managed) {
        const auto offset = field<std::int64_t>(type, kDictOffset);
        return offset > 0 ? in_dict(field<void*>(object, static_cast<int>(offset))) : nullptr;
    }
    const auto dict = field<std::uintptr_t>(object, kManagedDictPointer);
    if (version_ == 0x030b) {
        const auto* const values = field<const void*>(object, kValuesPointer);
        return values ? in_values(type, values) : in_dict(reinterpret_cast<void*>(dict));
    }
    if (version_ == 0x030c) return dict & 1 ? in_values(type, reinterpret_cast<const void*>(dict + 1)) : in_dict(reinterpret_cast<void*>(dict));
    if (dict) return in_dict(reinterpret_cast<void*>(dict));
    if (!(field<std::uint64_t>(type, kFlags) & kInlineValues)) return nullptr;
    const char* const values = static_cast<const char*>(object) + field<std::int64_t>(type, kBasicSize);
    return field<char>(values, kValuesValid) ? in_values(type, values) : nullptr;
}

const void* AttributeReader::in_values(const void* type, const void* values) const {
    const auto* const keys = field<const void*>(type, cached_keys(version_));
    if (!keys) return nullptr;
    const auto count = field<std::int64_t>(keys, kEntries);
    const int entries = kIndices + (1 << field<std::uint8_t>(keys, kIndexBytes));
    for (int i = 0; i < count; ++i) {
        if (field<const void*>(keys, entries + i * kEntrySize) != name_) continue;
        return field<const void*>(values, first_value(version_) + i * static_cast<int>(sizeof(void*)));
    }
    return nullptr;
}

const void* AttributeReader::in_dict(void* dict) const { return dict ? get_item_(dict, name_, hash_) : nullptr; }

}  // namespace alloclens::tracker
