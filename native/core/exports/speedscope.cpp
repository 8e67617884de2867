// https://www.speedscope.app/file-format-schema.json: samples of stacks, weighed by bytes.
#include "core/queries/json_writer.hpp"
#include "export.hpp"

namespace alloclens::core {

void export_speedscope(const Exported& what) {
    const View& view = what.view;
    const Places& places = view.places();
    JsonWriter json;
    json.begin_object().field("$schema", "https://www.speedscope.app/file-format-schema.json").field("exporter", "alloclens");
    json.field("name", view.recording().metadata ? view.recording().metadata->target_name : std::string()).field("activeProfileIndex", 0);
    json.key("shared").begin_object().key("frames").begin_array();
    // Place 0 stands for lost frames and for memory without any.
    json.begin_object().field("name", "(no Python code)").end_object();
    for (std::uint32_t i = 1; i < places.places(); ++i) {
        const Places::Place& place = places.place(i);
        json.begin_object().field("name", places.name(place.name)).field("file", places.file(place.file).path).field("line", place.line);
        json.end_object();
    }
    json.end_array().end_object();

    std::uint64_t total = 0;
    std::vector<std::uint64_t> weights;
    json.key("profiles").begin_array().begin_object().field("type", "sampled").field("name", name_of(what.measure)).field("unit", "bytes");
    json.key("samples").begin_array();
    for (std::uint32_t i = 0; i < view.stacks(); ++i) {
        what.report(i, view.stacks());
        const std::uint64_t bytes = view.own(i).of(what.measure).bytes;
        if (bytes == 0) continue;
        weights.push_back(bytes);
        total += bytes;
        json.begin_array();
        if (i == 0) json.value(0);
        for (const std::uint32_t stack : path_to(view, i)) json.value(view.place(stack));
        json.end_array();
        what.out.write(json.take());
    }
    json.end_array().key("weights").begin_array();
    for (const std::uint64_t weight : weights) json.value(weight);
    json.end_array().field("startValue", 0).field("endValue", total).end_object().end_array().end_object();
    what.out.write(json.take());
}

}  // namespace alloclens::core
