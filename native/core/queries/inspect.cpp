#include "core/capture/event_index.hpp"
#include "core/capture/health.hpp"
#include "queries.hpp"

namespace alloclens::core {

void answer_inspect(const Health& health, const View& view, const EventIndex& events, JsonWriter& out) {
    const Recording& recording = view.recording();
    const Profile& profile = recording.profile;
    const Program& program = profile.program();
    out.begin_object().field("format", health.format).field("size_bytes", health.size).key("blocks").begin_array();
    for (const Health::Kind& kind : health.kinds) {
        out.begin_object().field("kind", kind.name).field("count", kind.count);
        out.field("raw_bytes", kind.raw_bytes).field("stored_bytes", kind.stored_bytes).end_object();
    }
    out.end_array().key("open");
    if (health.open_offset == 0) {
        out.value(nullptr);
    } else {
        const EventIndex::Block* const last = events.blocks.empty() || events.blocks.back().payload.empty() ? nullptr : &events.blocks.back();
        out.begin_object().field("offset", health.open_offset);
        out.field("used_bytes", last ? last->payload.size() - format::kDecoderPadding : 0);
        out.field("sequence", last ? last->sequence : events.next_sequence()).end_object();
    }
    out.field("events", profile.events()).field("missing_events", recording.damaged_events);
    out.field("stacks", program.stacks.size() - 1).field("codes", program.codes.size() - 1).field("threads", program.threads.size() - 1);
    out.key("damage").begin_array();
    bool told = false;
    for (const auto& [offset, end] : health.gaps) {
        told |= recording.damage && recording.damage->offset == offset;
        out.begin_object().field("offset", offset).field("end", end);
        out.field("message", "No whole block lies between byte " + std::to_string(offset) + " and byte " + std::to_string(end) + ".").end_object();
    }
    if (recording.damage && !told) {
        const auto& [offset, message] = *recording.damage;
        out.begin_object().field("offset", offset).field("end", offset).field("message", message).end_object();
    }
    out.end_array();
    const bool damaged = recording.damage || !health.gaps.empty() || recording.damaged_events != 0;
    out.field("health", damaged ? "damaged" : recording.end ? "whole" : "cut_short").key("notes").begin_array();
    for (const std::string& note : notes(view)) out.value(note);
    out.end_array();
    out.key("metadata").json(health.metadata.value_or("null")).key("end").json(health.end.value_or("null")).end_object();
}

}  // namespace alloclens::core
