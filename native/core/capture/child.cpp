#include "child.hpp"

#include <algorithm>
#include <cstring>

#include "core/code/text.hpp"

namespace alloclens::core {

bool add_child(std::string_view payload, std::vector<Child>& children) {
    format::ChildHeader header;
    if (payload.size() < sizeof header) return false;
    std::memcpy(&header, payload.data(), sizeof header);
    payload.remove_prefix(sizeof header);
    if (header.how < format::Birth::fork || header.how > format::Birth::failed) return false;
    if (header.how == format::Birth::failed) {
        const auto last = std::find_if(children.rbegin(), children.rend(), [&](const Child& child) { return child.pid == header.pid; });
        if (last != children.rend()) children.erase(std::next(last).base());
        return true;
    }
    std::vector<std::string> texts;
    while (!payload.empty()) {
        const std::size_t end = payload.find('\0');
        if (end == payload.npos) return false;
        texts.push_back(repair_utf8(payload.substr(0, end)));
        payload.remove_prefix(end + 1);
    }
    if (texts.size() < 2) return false;
    children.push_back({header.how, header.time_us, header.pid, texts[0], texts[1], {texts.begin() + 2, texts.end()}});
    return true;
}

}  // namespace alloclens::core
