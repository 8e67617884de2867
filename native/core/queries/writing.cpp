#include <optional>
#include <string_view>
#include <tuple>

#include "queries.hpp"

namespace alloclens::core {

void write_figures(const Figures& figures, JsonWriter& out) {
    out.field("peak_bytes", figures.peak.bytes).field("peak_allocations", figures.peak.allocations);
    out.field("unfreed_bytes", figures.unfreed.bytes).field("unfreed_allocations", figures.unfreed.allocations);
    out.field("total_bytes", figures.total.bytes).field("total_allocations", figures.total.allocations);
    out.field("temporary_bytes", figures.temporary.bytes).field("temporary_allocations", figures.temporary.allocations);
}

void write_figures(std::string_view name, const Figures& figures, JsonWriter& out) {
    out.key(name).begin_object();
    write_figures(figures, out);
    out.end_object();
}

void write_place(const Places& places, std::uint32_t number, JsonWriter& out) {
    if (number == 0) {
        out.field("file", nullptr).field("line", nullptr).field("function", nullptr);
    } else {
        const Places::Place& place = places.place(number);
        const auto if_any = [](auto value, bool any) { return any ? std::optional(value) : std::nullopt; };
        out.field("file", if_any(std::string_view(places.file(place.file).path), place.file != 0));
        out.field("line", if_any(place.line, place.line != 0)).field("function", places.name(place.name));
    }
    out.field("origin", name_of(places.origin(number)));
}

std::string thread_name(const Program& program, std::uint32_t number) {
    if (number == 0 || number >= program.threads.size()) return "(unknown thread)";
    const Thread& thread = program.threads[number];
    return thread.name.empty() ? "Thread " + std::to_string(thread.kernel_id) : thread.name;
}

bool place_before(const Places& places, std::uint32_t a, std::uint32_t b) {
    const auto key = [&places](std::uint32_t number) {
        const Places::Place& place = places.place(number);
        return std::tuple<const std::string&, const std::string&, std::uint32_t>(places.name(place.name), places.file(place.file).path,
                                                                                 place.line);
    };
    return key(a) < key(b);
}

}  // namespace alloclens::core
