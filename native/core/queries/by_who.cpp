#include <map>
#include <string>

#include "rows.hpp"
#include "queries.hpp"
#include "scope.hpp"

namespace alloclens::core {

void write_threads(const View& view, JsonWriter& out) {
    std::map<std::uint32_t, Figures> threads;
    view.each_account([&](std::uint32_t, std::uint32_t, const Who& who, const Figures& figures) { threads[who.thread] += figures; });
    const Program& program = view.program();
    for (const auto& [id, figures] : threads) {
        out.begin_object().field("id", id).field("kernel_id", program.threads[id].kernel_id).field("name", thread_name(program, id));
        write_figures(figures, out);
        out.end_object();
    }
}

void write_allocators(const View& view, JsonWriter& out) {
    std::map<std::string, Figures> allocators;
    view.each_account([&](std::uint32_t, std::uint32_t, const Who& who, const Figures& figures) { allocators[name_of(who.allocator)] += figures; });
    for (const auto& [name, figures] : allocators) {
        out.begin_object().field("allocator", name);
        write_figures(figures, out);
        out.end_object();
    }
}

}  // namespace alloclens::core
