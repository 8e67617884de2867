#include "function_places.hpp"

namespace alloclens::core {

std::vector<bool> places_of_function(const Places& places, const FunctionId& id) {
    std::vector<bool> inside(places.places(), false);
    const std::uint32_t file = places.find_file(id.file);
    if (file == 0) return inside;
    for (std::uint32_t i = 1; i < places.places(); ++i) {
        const Places::Place& place = places.place(i);
        if (place.file != file) continue;
        inside[i] = id.last_line ? id.first_line <= place.line && place.line <= *id.last_line
                                 : places.first_line(i) == id.first_line && places.name(place.name) == id.name;
    }
    return inside;
}

}  // namespace alloclens::core
