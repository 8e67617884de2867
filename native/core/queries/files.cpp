#include <algorithm>
#include <vector>

#include "queries.hpp"

namespace alloclens::core {

void answer_files(const Places& places, JsonWriter& out) {
    std::vector<const Places::File*> files;
    for (std::uint32_t i = 1; i < places.files(); ++i) {
        // Sources of native code are known only once somebody has asked for its names.
        if (places.file(i).origin != Origin::native) files.push_back(&places.file(i));
    }
    std::sort(files.begin(), files.end(), [](const auto* a, const auto* b) { return a->path < b->path; });
    out.begin_object().key("files").begin_array();
    for (const Places::File* file : files) {
        out.begin_object().field("file", file->path).field("origin", name_of(file->origin)).end_object();
    }
    out.end_array().end_object();
}

}  // namespace alloclens::core
