#include "memory_limit.hpp"

#include "core/format/bytes_text.hpp"

namespace alloclens::core {

namespace {

using format::bytes_text;

/// The innermost line, or that of the user's own code when there is one.
std::uint32_t place_of(const View& view, std::uint32_t stack) {
    for (std::uint32_t at = stack; at != 0; at = view.parent(at)) {
        if (view.place(at) != 0 && view.places().origin(view.place(at)) == Origin::yours) return view.place(at);
    }
    return view.place(stack);
}

std::uint64_t refusals(const Recording& recording) {
    return std::max(recording.limit_refusals, recording.end ? recording.end->refused : 0);
}

}  // namespace

std::optional<std::string> note_on_memory_limit(const View& view) {
    const Recording& recording = view.recording();
    if (!recording.limit_reached || !recording.metadata) return std::nullopt;
    const format::LimitReached& reached = *recording.limit_reached;
    const std::uint32_t number = place_of(view, recording.profile.place_of_stack(reached.stack));
    std::string where = "code that is no Python";
    if (number != 0) {
        const Places::Place& place = view.places().place(number);
        where = view.places().name(place.name) + " at " + view.places().file(place.file).path + ":" + std::to_string(place.line);
    }
    const std::string limit = "The memory limit of " + bytes_text(recording.metadata->memory_limit);
    const std::string asked = where + " asked for " + bytes_text(reached.size) + " when " + bytes_text(reached.heap) + " were live.";
    if (reached.number == 0) return limit + " was passed, and the program killed: " + asked;
    const std::uint64_t refused = refusals(recording);
    return limit + " made " + std::to_string(refused) + (refused == 1 ? " allocation fail: " : " allocations fail. First, ") + asked;
}

void write_memory_limit(const View& view, JsonWriter& out) {
    const Recording& recording = view.recording();
    if (!recording.metadata || recording.metadata->memory_limit == 0) {
        out.value(nullptr);
        return;
    }
    out.begin_object().field("bytes", recording.metadata->memory_limit).field("action", recording.metadata->memory_limit_action);
    out.field("refused", refusals(recording)).key("reached");
    if (const auto& reached = recording.limit_reached) {
        out.begin_object().field("time_s", static_cast<double>(reached->time_us) / 1e6);
        out.field("heap_bytes", reached->heap).field("size_bytes", reached->size).field("thread", reached->thread).key("stack").begin_array();
        for (std::uint32_t at = recording.profile.place_of_stack(reached->stack); at != 0; at = view.parent(at)) {
            out.begin_object();
            write_place(view.places(), view.place(at), out);
            out.end_object();
        }
        out.end_array().end_object();
    } else {
        out.value(nullptr);
    }
    out.end_object();
}

}  // namespace alloclens::core
