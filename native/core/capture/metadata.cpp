#include "metadata.hpp"

#include <nlohmann/json.hpp>

#include "core/code/text.hpp"

namespace alloclens::core {

namespace {

using Json = nlohmann::json;

/// Half of a pair of `\uXXXX` surrogates, as Python writes bytes that are no UTF-8; parsers refuse it.
std::string without_lone_surrogates(std::string json) {
    const auto unit = [&json](std::size_t at) -> unsigned {
        if (at + 6 > json.size() || json[at] != '\\' || json[at + 1] != 'u') return 0;
        unsigned value = 0;
        for (std::size_t i = at + 2; i < at + 6; ++i) {
            const char c = json[i];
            const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
            if (digit < 0) return 0;
            value = value << 4 | static_cast<unsigned>(digit);
        }
        return value;
    };
    const auto is_high = [](unsigned u) { return u >= 0xD800 && u < 0xDC00; };
    const auto is_low = [](unsigned u) { return u >= 0xDC00 && u < 0xE000; };
    for (std::size_t i = 0; i < json.size(); ++i) {
        if (json[i] != '\\') continue;
        const unsigned first = unit(i);
        if (is_high(first) && is_low(unit(i + 6))) {
            i += 11;
        } else if (is_high(first) || is_low(first)) {
            json.replace(i + 2, 4, "fffd");
            i += 5;
        } else {
            ++i;  // the escaped character, perhaps a backslash
        }
    }
    return json;
}

std::optional<Json> parse_object(std::string_view text) {
    Json json = Json::parse(without_lone_surrogates(repair_utf8(text)), nullptr, false);
    if (!json.is_object()) return std::nullopt;
    return json;
}

void read(const Json& json, const char* key, std::string& out) {
    if (const auto at = json.find(key); at != json.end() && at->is_string()) out = at->get<std::string>();
}

void read(const Json& json, const char* key, std::uint64_t& out) {
    if (const auto at = json.find(key); at != json.end() && at->is_number_unsigned()) out = at->get<std::uint64_t>();
}

void read(const Json& json, const char* key, std::vector<std::string>& out) {
    const auto at = json.find(key);
    if (at == json.end() || !at->is_array()) return;
    for (const Json& item : *at) {
        if (item.is_string()) out.push_back(item.get<std::string>());
    }
}

}  // namespace

std::optional<Metadata> parse_metadata(std::string_view text) {
    const auto json = parse_object(text);
    if (!json) return std::nullopt;
    Metadata result;
    read(*json, "run_id", result.run_id);
    read(*json, "parent_run_id", result.parent_run_id);
    read(*json, "python_version", result.python_version);
    read(*json, "platform", result.platform);
    read(*json, "command", result.command);
    if (const auto target = json->find("target"); target != json->end() && target->is_object()) {
        read(*target, "kind", result.target_kind);
        read(*target, "name", result.target_name);
    }
    read(*json, "cwd", result.cwd);
    read(*json, "pid", result.pid);
    read(*json, "parent_pid", result.parent_pid);
    read(*json, "start_time_us", result.start_time_us);
    read(*json, "detail", result.detail);
    read(*json, "page_size", result.page_size);
    if (result.page_size == 0 || result.page_size > (1u << 30)) result.page_size = 4096;
    read(*json, "memory_limit", result.memory_limit);
    read(*json, "memory_limit_action", result.memory_limit_action);
    read(*json, "standard_library", result.standard_library);
    read(*json, "site_packages", result.site_packages);
    return result;
}

std::optional<std::string> readable_json(std::string_view text) {
    const auto json = parse_object(text);
    return json ? std::optional(json->dump(-1, ' ', false, Json::error_handler_t::replace)) : std::nullopt;
}

std::optional<End> parse_end(std::string_view text) {
    const auto json = parse_object(text);
    if (!json) return std::nullopt;
    End result;
    read(*json, "end_time_us", result.end_time_us);
    if (const auto status = json->find("exit_status"); status != json->end() && status->is_number_integer()) {
        result.exit_status = status->get<std::int64_t>();
    }
    read(*json, "reason", result.reason);
    read(*json, "message", result.message);
    read(*json, "events", result.events);
    read(*json, "lost_events", result.lost_events);
    read(*json, "notes", result.notes);
    read(*json, "refused", result.refused);
    read(*json, "peak_rss_pages", result.peak_rss_pages);
    return result;
}

}  // namespace alloclens::core
