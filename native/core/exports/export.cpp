#include "export.hpp"

#include <algorithm>
#include <utility>

#include "core/queries/request.hpp"

namespace alloclens::core {

std::uint64_t export_to(const std::string& path, const std::string& format, const View& view, Measure measure, const Progress& progress) {
    constexpr std::pair<const char*, void (*)(const Exported&)> kFormats[] = {
        {"collapsed", export_collapsed}, {"speedscope", export_speedscope}, {"pprof", export_pprof},
        {"csv", export_csv},             {"json", export_json},             {"ndjson", export_ndjson},
    };
    const auto* const found = std::find_if(std::begin(kFormats), std::end(kFormats), [&](const auto& f) { return f.first == format; });
    if (found == std::end(kFormats)) refuse("there is no format \"" + format + "\"");
    Sink out(path);
    found->second({view, measure, out, progress});
    out.close();
    return out.written();
}

void Exported::report(std::uint64_t rows, std::uint64_t total) const {
    if (progress && rows % 4096 == 0 && !progress(rows, total)) throw Error("cancelled", "Writing was cancelled.");
}

std::vector<std::uint32_t> path_to(const View& view, std::uint32_t stack) {
    std::vector<std::uint32_t> path;
    for (; stack != 0; stack = view.parent(stack)) path.push_back(stack);
    std::reverse(path.begin(), path.end());
    return path;
}

std::string label_of(const Places& places, std::uint32_t number) {
    if (number == 0) return "(unknown)";
    const Places::Place& place = places.place(number);
    return places.name(place.name) + " (" + places.file(place.file).path + ":" + std::to_string(place.line) + ")";
}

const char* name_of(Measure measure) {
    constexpr const char* kNames[] = {"peak", "unfreed", "total", "temporary"};
    return kNames[static_cast<unsigned>(measure)];
}

}  // namespace alloclens::core
