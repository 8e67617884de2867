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
        for (const std::uint32_t at : path_to(view, stack)) {
            if (!path.empty()) path += ';';
            path += label_of(places, view.place(at));
        }
        std::string row = std::to_string(amount.bytes);
        const auto add = [&row](const std::string& field) { (row += ',') += field; };
        add(std::to_string(amount.allocations));
        add(quoted(thread_name(view.program(), who.thread)));
        add(name_of(who.allocator));
        add(number ? quoted(places.name(place.name)) : "");
        add(number ? quoted(places.file(place.file).path) : "");
        add(number ? std::to_string(place.line) : "");
        add(quoted(path));
        what.out.write(row += "\r\n");
    });
}

}  // namespace alloclens::core
