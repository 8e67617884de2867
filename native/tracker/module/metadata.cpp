#include "tracker/module/metadata.hpp"

#include <limits.h>
#include <unistd.h>

#include <cstdio>

#include "tracker/module/python_api.hpp"

namespace alloclens::module {
namespace {

/// Length of the well-formed UTF-8 sequence at the start, 0 when there is none (Unicode 15, table 3-7).
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto follows = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xc0) == 0x80; };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first < 0xe0) return follows(1) ? 2 : 0;
    if (first >= 0xe0 && first < 0xf0) {
        if (!follows(1) || !follows(2)) return 0;
        const bool overlong = first == 0xe0 && byte(1) < 0xa0;
        const bool surrogate = first == 0xed && byte(1) >= 0xa0;
        return overlong || surrogate ? 0 : 3;
    }
    if (first >= 0xf0 && first < 0xf5) {
        if (!follows(1) || !follows(2) || !follows(3)) return 0;
        const bool overlong = first == 0xf0 && byte(1) < 0x90;
        const bool too_high = first == 0xf4 && byte(1) >= 0x90;
        return overlong || too_high ? 0 : 4;
    }
    return 0;
}

std::string list(const Fields& fields, std::string_view key) {
    std::string text = "[";
    for (const auto& [name, value] : fields) {
        if (name != key) continue;
        if (text.size() > 1) text += ',';
        text += quoted(value);
    }
    text += ']';
    return text;
}

std::string value_of(const Fields& fields, std::string_view key) {
    for (const auto& [name, value] : fields) {
        if (name == key) return value;
    }
    return {};
}

std::string current_folder() {
    char folder[PATH_MAX];
    return getcwd(folder, sizeof folder) ? folder : "/";
}

}  // namespace

std::string quoted(std::string_view bytes) {
    std::string text = "\"";
    char escape[8];
    while (!bytes.empty()) {
        const unsigned char first = static_cast<unsigned char>(bytes[0]);
        std::size_t length = utf8_length(bytes);
        if (length == 0) {
            std::snprintf(escape, sizeof escape, "\\udc%02x", first);
            text += escape;
            length = 1;
        } else if (first == '"' || first == '\\') {
            text += {'\\', bytes[0]};
        } else if (first < 0x20) {
            std::snprintf(escape, sizeof escape, "\\u%04x", first);
            text += escape;
        } else {
            text += bytes.substr(0, length);
        }
        bytes.remove_prefix(length);
    }
    text += '"';
    return text;
}

std::string metadata(const Fields& fields) {
    const char* allocator = _PyMem_GetCurrentAllocatorName ? _PyMem_GetCurrentAllocatorName() : nullptr;

    std::string json;
    const auto add = [&json](const char* key, const std::string& value) {
        json += std::string(json.empty() ? "{\"" : ",\"") + key + "\":" + value;
    };
    for (const char* key : {"python_version", "executable", "prefix", "detail", "tracker_version"}) {
        add(key, quoted(value_of(fields, key)));
    }
    for (const char* key : {"command", "standard_library", "site_packages"}) add(key, list(fields, key));
    add("target", "{\"kind\":" + quoted(value_of(fields, "target_kind")) +
                      ",\"name\":" + quoted(value_of(fields, "target_name")) + "}");
    if (value_of(fields, "native") == "1") add("native_stacks", "true");
    if (const std::string limit = value_of(fields, "memory_limit"); !limit.empty()) {
        add("memory_limit", limit);
        add("memory_limit_action", quoted(value_of(fields, "memory_limit_action")));
    }
    add("python_implementation", "\"cpython\"");
    add("platform", "\"linux-x86_64\"");
    add("python_allocator", quoted(allocator ? allocator : "pymalloc"));
    add("cwd", quoted(current_folder()));
    add("page_size", std::to_string(sysconf(_SC_PAGESIZE)));
    return json + "}";
}

}  // namespace alloclens::module
