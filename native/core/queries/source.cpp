#include "queries.hpp"

namespace alloclens::core {

const SourceEntry* find_source(const Recording& recording, const std::string& file) {
    const std::string cwd = recording.metadata ? recording.metadata->cwd : "";
    for (auto source = recording.sources.rbegin(); source != recording.sources.rend(); ++source) {
        if (absolute_path(source->file, cwd) == file) return &*source;
    }
    return nullptr;
}

void answer_source(const SourceEntry* source, const std::optional<std::string>& text, JsonWriter& out) {
    out.begin_object().field("text", text).field("uncertain", source && source->uncertain).end_object();
}

}  // namespace alloclens::core
