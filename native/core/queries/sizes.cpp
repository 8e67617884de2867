#include <map>

#include "queries.hpp"
#include "rows.hpp"

namespace alloclens::core {

void write_sizes(const View& by_size, JsonWriter& out) {
    std::map<std::uint32_t, Figures> classes;
    by_size.each_account([&](std::uint32_t, std::uint32_t, const Who& who, const Figures& figures) { classes[who.size_class] += figures; });
    classes.erase(0);  // of an aggregate, which does not know
    for (const auto& [size_class, figures] : classes) {
        const std::uint64_t first = size_class == 1 ? 0 : std::uint64_t{1} << (size_class - 2);
        out.begin_object().field("from_bytes", first).field("to_bytes", size_class == 1 ? 0 : 2 * first - 1);
        write_figures(figures, out);
        out.end_object();
    }
}

}  // namespace alloclens::core
