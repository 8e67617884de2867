#include <map>
#include <string>
#include <vector>

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

void write_regions(const View& view, JsonWriter& out) {
    const Program& program = view.program();
    if (program.regions.size() == 1) return;
    std::vector<Figures> own(program.regions.size());
    view.each_account([&](std::uint32_t, std::uint32_t, const Who& who, const Figures& figures) { own[who.region] += figures; });
    std::vector<Figures> with_nested = own;
    for (std::size_t i = own.size() - 1; i > 0; --i) with_nested[program.regions[i].parent] += with_nested[i];
    for (std::size_t i = 1; i < own.size(); ++i) {
        const Region& region = program.regions[i];
        out.begin_object().field("id", i).field("parent", region.parent).field("name", region.name).field("entered", region.entered);
        write_figures(own[i], out);
        write_figures("with_nested", with_nested[i], out);
        out.end_object();
    }
}

}  // namespace alloclens::core
