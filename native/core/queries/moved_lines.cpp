#include "moved_lines.hpp"

#include <algorithm>
#include <unordered_map>

namespace alloclens::core {

namespace {

/// A text that stands on more lines says nothing about where it belongs: `else:`, blank lines.
constexpr std::size_t kMostPlaces = 16;

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        lines.push_back(line.substr(0, line.find_last_not_of(" \t\r") + 1));
    }
    return lines;
}

}  // namespace

/// Lines that both texts have in the same order, as many as there are (Hunt and Szymanski); then their neighbours, which
/// were too common to be looked for.
std::vector<std::uint32_t> lines_after(std::string_view before, std::string_view after) {
    const std::vector<std::string_view> old = lines_of(before), now = lines_of(after);
    std::unordered_map<std::string_view, std::vector<std::uint32_t>> places;
    for (std::uint32_t i = 0; i < now.size(); ++i) places[now[i]].push_back(i + 1);

    struct Pair {
        std::uint32_t old, now, before;  ///< number of the pair before, 0 for none
    };
    std::vector<Pair> pairs(1);
    std::vector<std::uint32_t> ends(1, 0);  ///< by length, the pair that ends a sequence earliest
    for (std::uint32_t i = 0; i < old.size(); ++i) {
        const auto found = places.find(old[i]);
        if (found == places.end() || found->second.size() > kMostPlaces) continue;
        for (auto line = found->second.rbegin(); line != found->second.rend(); ++line) {
            const auto end = std::lower_bound(ends.begin() + 1, ends.end(), *line, [&](std::uint32_t pair, std::uint32_t l) { return pairs[pair].now < l; });
            pairs.push_back({i + 1, *line, *(end - 1)});
            if (end == ends.end()) ends.push_back(static_cast<std::uint32_t>(pairs.size() - 1));
            else *end = static_cast<std::uint32_t>(pairs.size() - 1);
        }
    }
    std::vector<std::uint32_t> found(old.size() + 1, 0);
    std::vector<bool> taken(now.size() + 2, false);
    const auto match = [&](std::size_t i, std::uint32_t line) { found[i] = line, taken[line] = true; };
    for (std::uint32_t at = ends.back(); at != 0; at = pairs[at].before) match(pairs[at].old, pairs[at].now);

    const auto same = [&](std::size_t i, std::uint32_t line) {
        return found[i] == 0 && line >= 1 && line <= now.size() && !taken[line] && old[i - 1] == now[line - 1];
    };
    if (!old.empty() && same(1, 1)) match(1, 1);
    for (std::size_t i = 2; i <= old.size(); ++i) {
        if (found[i - 1] != 0 && same(i, found[i - 1] + 1)) match(i, found[i - 1] + 1);
    }
    for (std::size_t i = old.size(); i-- > 1;) {
        if (found[i + 1] > 1 && same(i, found[i + 1] - 1)) match(i, found[i + 1] - 1);
    }
    return found;
}

}  // namespace alloclens::core
