// Everything in tables, piece by piece: what programs ask for that make reports of their own.
#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "queries.hpp"
#include "scope.hpp"

namespace alloclens::core {

namespace {

/// Writes one column: `of` tells the value of each row.
template <class Rows, class Of>
void write_column(const char* name, const Rows& rows, JsonWriter& out, Of&& of) {
    out.key(name).begin_array();
    for (const auto& row : rows) out.value(of(row));
    out.end_array();
}

/// The numbers of a page of `total` rows.
std::vector<std::uint32_t> page_of(std::uint32_t total, const Page& page) {
    std::vector<std::uint32_t> rows;
    for (std::uint64_t i = page.offset; i < total && rows.size() < page.limit; ++i) rows.push_back(static_cast<std::uint32_t>(i));
    return rows;
}

struct Record {
    Amount amount;
    std::uint32_t account;
    std::uint32_t stack;
    const Who* who;
};

bool before(const Record& a, const Record& b) {
    return a.amount.bytes != b.amount.bytes ? a.amount.bytes > b.amount.bytes : a.account < b.account;
}

}  // namespace

void answer_records(const View& view, Measure measure, const Page& page, JsonWriter& out) {
    std::vector<Record> records;
    view.each_account([&](std::uint32_t account, std::uint32_t stack, const Who& who, const Figures& figures) {
        if (!figures.of(measure).empty()) records.push_back({figures.of(measure), account, stack, &who});
    });
    const std::size_t total = records.size();
    const std::size_t begin = std::min<std::size_t>(page.offset, total);
    const std::size_t end = begin + std::min<std::size_t>(page.limit, total - begin);
    // Only the page is put in order.
    const auto at = [&](std::size_t place) { return records.begin() + static_cast<std::ptrdiff_t>(place); };
    std::nth_element(records.begin(), at(begin), records.end(), before);
    std::nth_element(at(begin), at(end), records.end(), before);
    std::sort(at(begin), at(end), before);
    const std::vector<Record> rows(at(begin), at(end));

    out.begin_object().field("total", total);
    write_column("stack", rows, out, [](const Record& row) { return row.stack; });
    write_column("thread", rows, out, [](const Record& row) { return row.who->thread; });
    write_column("allocator", rows, out, [](const Record& row) { return name_of(row.who->allocator); });
    write_column("bytes", rows, out, [](const Record& row) { return row.amount.bytes; });
    write_column("allocations", rows, out, [](const Record& row) { return row.amount.allocations; });
    out.end_object();
}

void answer_stacks(const Program& program, const Places& places, const NativePlaces& natives, const Page& page, JsonWriter& out) {
    const auto total = static_cast<std::uint32_t>(program.stacks.size());
    const std::vector<std::uint32_t> rows = page_of(total, page);
    out.begin_object().field("total", total);
    write_column("parent", rows, out, [&](std::uint32_t stack) { return program.stacks[stack].parent; });
    write_column("frame", rows, out, [&](std::uint32_t stack) {
        const std::uint32_t native = program.frame(stack).native;
        return native ? natives.frame(native).places.back() : places.of_frame(program.stacks[stack].frame);
    });
    out.end_object();
}

void answer_frames(const Places& places, const Page& page, JsonWriter& out) {
    const std::vector<std::uint32_t> rows = page_of(places.places(), page);
    const auto known = [](std::uint32_t place, auto value) { return place != 0 ? std::optional(value) : std::nullopt; };
    const auto file_of = [&](std::uint32_t place) -> const Places::File& { return places.file(places.place(place).file); };
    out.begin_object().field("total", places.places());
    write_column("file", rows, out, [&](std::uint32_t i) { return known(places.place(i).file, std::string_view(file_of(i).path)); });
    write_column("line", rows, out, [&](std::uint32_t i) { return known(places.place(i).line, places.place(i).line); });
    write_column("function", rows, out, [&](std::uint32_t i) { return known(i, std::string_view(places.name(places.place(i).name))); });
    write_column("first_line", rows, out, [&](std::uint32_t i) { return known(places.first_line(i), places.first_line(i)); });
    write_column("origin", rows, out, [&](std::uint32_t i) { return name_of(places.origin(i)); });
    out.end_object();
}

}  // namespace alloclens::core
