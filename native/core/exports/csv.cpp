// RFC 4180: a row for what a stack asked for in a thread through an allocator.
#include "core/queries/queries.hpp"
#include "core/queries/scope.hpp"
#include "export.hpp"

namespace alloclens::core {

namespace {

std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"') result += c;
        result += c;
    }
    return result + "\"";
}

}  // namespace

void export_csv(const Exported& what) {
    const View& view = what.view;
    const Places& places = view.places();
    what.out.write("bytes,allocations,thread,allocator,function,file,line,stack\r\n");
    view.each_account([&](std::uint32_t account, std::uint32_t stack, const Who& who, const Figures& figures) {
        what.report(account, view.profile().ledger().accounts());
        const Amount& amount = figures.of(what.measure);
        if (amount.empty()) return;
        const std::uint32_t number = view.place(stack);
        const Places::Place& place = places.place(number);
        std::string path;
        for (const std::uint32_t at : path_to(view, stack)) path += (path.empty() ? "" : ";") + label_of(places, view.place(at));
        what.out.write(std::to_string(amount.bytes) + "," + std::to_string(amount.allocations) + "," +
                       quoted(thread_name(view.program(), who.thread)) + "," + name_of(who.allocator) + "," +
                       (number ? quoted(places.name(place.name)) + "," + quoted(places.file(place.file).path) + "," + std::to_string(place.line)
                               : std::string(",,")) +
                       "," + quoted(path) + "\r\n");
    });
}

}  // namespace alloclens::core
