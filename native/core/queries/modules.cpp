#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "queries.hpp"
#include "rows.hpp"

namespace alloclens::core {

namespace {

/// `numpy` of `numpy.core.fromnumeric`; `<string>` and file names with dots in front stay whole.
std::string top_of(std::string_view module) {
    if (is_synthetic(module)) return std::string(module);
    const std::size_t dot = module.find('.', 1);
    return std::string(module.substr(0, dot));
}

}  // namespace

std::vector<ModuleFigures> modules_of(const View& view, Measure measure) {
    const Places& places = view.places();
    std::vector<ModuleFigures> modules(1);  // by number; 0 is the standard library and no code at all
    std::vector<std::uint32_t> module_of_file(places.files(), 0);
    std::map<std::pair<std::string, Origin>, std::uint32_t> numbers;
    for (std::uint32_t i = 1; i < places.files(); ++i) {
        const Places::File& file = places.file(i);
        if (file.origin == Origin::standard_library) continue;
        const auto [at, added] = numbers.try_emplace({top_of(file.module), file.origin}, static_cast<std::uint32_t>(modules.size()));
        if (added) modules.push_back({at->first.first, file.origin, {}, {}});
        module_of_file[i] = at->second;
    }
    const auto module_of = [&](std::uint32_t place) { return module_of_file[places.place(place).file]; };

    std::vector<std::uint32_t> innermost(view.stacks(), 0);
    for (std::uint32_t i = 1; i < view.stacks(); ++i) {
        const std::uint32_t here = module_of(view.place(i));
        innermost[i] = here != 0 ? here : innermost[view.parent(i)];
        modules[innermost[i]].own += view.own(i);
    }
    view.outermost(static_cast<std::uint32_t>(modules.size()), module_of,
                   [&](std::uint32_t, std::uint32_t module, const Figures& sum) { modules[module].with_callees += sum; });

    modules.erase(modules.begin());
    std::erase_if(modules, [](const ModuleFigures& module) { return module.with_callees.empty(); });
    std::sort(modules.begin(), modules.end(), [&](const ModuleFigures& a, const ModuleFigures& b) {
        const std::uint64_t left = a.with_callees.of(measure).bytes, right = b.with_callees.of(measure).bytes;
        return left != right ? left > right : std::tie(a.name, a.origin) < std::tie(b.name, b.origin);
    });
    return modules;
}

void write_module(const ModuleFigures& module, JsonWriter& out) {
    out.begin_object().field("module", module.name).field("origin", name_of(module.origin));
    write_figures("own", module.own, out);
    write_figures("with_callees", module.with_callees, out);
    out.end_object();
}

}  // namespace alloclens::core
