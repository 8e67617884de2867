#include <algorithm>
#include <cstring>

#include "memory_limit.hpp"
#include "queries.hpp"

namespace alloclens::core {

namespace {

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

/// The program that took this one's place, so that the capture has no other end.
const Child* became(const Recording& recording) {
    return recording.ending() == Ending::replaced ? &recording.children.back() : nullptr;
}

void write_children(const Recording& recording, const Metadata& metadata, JsonWriter& out) {
    constexpr const char* kHow[] = {"", "fork", "exec", "spawn", "became"};
    const auto if_any = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional<std::string_view>(text); };
    out.key("children").begin_array();
    for (const Child& child : recording.children) {
        out.begin_object().field("pid", child.pid).field("how", kHow[static_cast<unsigned>(child.how)]);
        out.field("time_ms", child.time_us / 1000).key("command").begin_array();
        for (const std::string& word : child.how == format::Birth::fork ? metadata.command : child.command) out.value(word);
        out.end_array().field("capture", if_any(child.capture)).field("not_followed", if_any(child.refusal)).end_object();
    }
    out.end_array();
}

const char* name_of(Ending ending) {
    switch (ending) {
        case Ending::finished: return "finished";
        case Ending::running: return "running";
        case Ending::write_failed: return "write_failed";
        case Ending::replaced: return "replaced";
        case Ending::aborted: return "aborted";
        case Ending::killed: break;
    }
    return "killed";
}

/// Why there is no end block.
std::string cut_short(const Recording& recording) {
    switch (recording.ending()) {
        case Ending::running: return "its program still runs";
        case Ending::write_failed: return std::string("it could not be written any further (") + std::strerror(recording.write_error) + ")";
        case Ending::aborted: return "its program called abort()";
        default: return "its program was killed or crashed";
    }
}

std::uint64_t start_time_us(const Recording& recording) { return recording.metadata ? recording.metadata->start_time_us : 0; }

/// Microseconds since 1970.
std::uint64_t end_time_us(const Recording& recording) {
    const std::uint64_t start = start_time_us(recording);
    return recording.end ? std::max(recording.end->end_time_us, start) : start + recording.profile.timeline().now_us();
}

}  // namespace

std::vector<std::string> notes(const View& view) {
    const Recording& recording = view.recording();
    std::vector<std::string> result;
    if (const auto note = note_on_memory_limit(view)) result.push_back(*note);
    if (recording.damage) {
        result.push_back(recording.damage->message + " " +
                         (recording.damaged_events
                              ? counted(recording.damaged_events, "event is", "events are") + " missing, so the figures are uncertain."
                              : "What could be read is shown."));
    }
    if (!recording.damage && recording.damaged_events) {
        result.push_back(counted(recording.damaged_events, "event is", "events are") + " missing from the capture, so the figures are uncertain.");
    }
    if (!recording.metadata) result.push_back("The description of the run is missing from the capture.");
    if (const Child* const successor = became(recording)) {
        result.push_back("The program became another one: " + joined(successor->command) + ". " +
                         (successor->capture.empty() ? "It has no capture, because " + successor->refusal + "."
                                                     : "Its capture is " + successor->capture + "."));
    } else if (!recording.end) {
        result.push_back("The capture is cut short: " + cut_short(recording) + ". Everything up to the last whole event is shown.");
    } else {
        if (!recording.end->message.empty()) result.push_back("Recording ended early: " + recording.end->message);
        result.insert(result.end(), recording.end->notes.begin(), recording.end->notes.end());
        if (recording.end->lost_events) {
            result.push_back(counted(recording.end->lost_events, "event", "events") + " could not be recorded, for example in a signal handler.");
        }
    }
    if (const std::uint64_t missed = recording.profile.frees_missed()) {
        result.push_back(counted(missed, "block was", "blocks were") + " handed out again without a recorded free, which is assumed to have happened.");
    }
    return result;
}

double duration_s(const Recording& recording) { return static_cast<double>(end_time_us(recording) - start_time_us(recording)) / 1e6; }

/// The kernel may tell at the end of a run that there was more than any sample had.
PeakRss peak_rss(const View& view) {
    const Profile& profile = view.profile();
    const std::optional<End>& end = view.recording().end;
    const std::uint64_t at_end = profile.whole() && end ? end->peak_rss_pages : 0;
    return {std::max(profile.peak_rss_pages(), at_end) * profile.page_size(), profile.peak_rss_time_us()};
}

/// Where CPython's own allocators are not looked at, arenas are mappings like others, and heap.
bool tells_arenas(const Recording& recording) { return recording.metadata && recording.metadata->detail == "objects"; }

void answer_summary(const View& view, const std::vector<std::string>& more_notes, JsonWriter& out) {
    const Recording& recording = view.recording();
    const Profile& profile = view.profile();
    const Metadata metadata = recording.metadata.value_or(Metadata{});
    const std::uint64_t end_us = end_time_us(recording);
    const Damage* const damage = recording.damage ? &*recording.damage : nullptr;

    out.begin_object();
    out.field("run_id", metadata.run_id);
    out.field("parent_run_id", metadata.parent_run_id.empty() ? std::nullopt : std::optional(metadata.parent_run_id));
    out.key("command").begin_array();
    for (const std::string& word : metadata.command) out.value(word);
    out.end_array();
    out.key("target").begin_object().field("kind", metadata.target_kind).field("name", metadata.target_name).end_object();
    out.field("cwd", metadata.cwd).field("pid", metadata.pid).field("parent_pid", metadata.parent_pid);
    out.field("python_version", metadata.python_version).field("platform", metadata.platform).field("detail", metadata.detail);
    out.field("start_time_ms", metadata.start_time_us / 1000).field("end_time_ms", end_us / 1000);
    out.field("duration_s", duration_s(recording));
    write_figures(view.total(), out);
    out.field("peak_time_s", static_cast<double>(profile.peak_time_us()) / 1e6);
    out.field("peak_rss_bytes", peak_rss(view).bytes);
    if (tells_arenas(recording)) {
        out.key("arenas").begin_object().field("peak_bytes", profile.peak_arena_bytes()).field("end_bytes", profile.arena_bytes()).end_object();
    }
    out.field("events", profile.events());
    out.field("lost_events", recording.end ? recording.end->lost_events : 0);
    out.field("exit_status", recording.end ? recording.end->exit_status : std::nullopt);
    out.field("ending", name_of(recording.ending()));
    out.field("complete", (recording.end.has_value() || became(recording)) && !damage && recording.damaged_events == 0);
    write_children(recording, metadata, out);
    out.field("aggregate", recording.aggregated);
    out.key("memory_limit");
    write_memory_limit(view, out);
    out.key("notes").begin_array();
    for (const std::string& note : notes(view)) out.value(note);
    for (const std::string& note : more_notes) out.value(note);
    out.end_array();
    out.key("damage");
    if (damage) {
        out.begin_object().field("offset", damage->offset).field("message", damage->message).end_object();
    } else {
        out.value(nullptr);
    }
    out.end_object();
}

}  // namespace alloclens::core
