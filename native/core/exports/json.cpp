// The whole capture in tables, as docs/exports.md promises them: as one object, or as one object a line.
#include <optional>

#include "core/queries/queries.hpp"
#include "core/queries/rows.hpp"
#include "core/queries/scope.hpp"
#include "export.hpp"

namespace alloclens::core {

namespace {

constexpr int kVersion = 1;

/// Calls `row(fields)` for each row of a table, `fields(json)` writes its fields.
class Tables {
  public:
    explicit Tables(const Exported& what) : what_(what), view_(what.view), places_(view_.places()) {}

    template <class Row>
    void threads(Row&& row) const {
        const Program& program = view_.program();
        for (std::uint32_t i = 0; i < program.threads.size(); ++i) {
            row([&](JsonWriter& json) {
                json.field("id", i).field("kernel_id", program.threads[i].kernel_id).field("name", thread_name(program, i));
            });
        }
    }

    template <class Row>
    void frames(Row&& row) const {
        for (std::uint32_t i = 0; i < places_.places(); ++i) {
            row([&](JsonWriter& json) {
                json.field("id", i);
                write_place(places_, i, json);
                json.field("first_line", i ? std::optional(places_.first_line(i)) : std::nullopt);
            });
        }
    }

    template <class Row>
    void stacks(Row&& row) const {
        for (std::uint32_t i = 1; i < view_.stacks(); ++i) {
            what_.report(i, view_.stacks());
            row([&](JsonWriter& json) { json.field("id", i).field("parent", view_.parent(i)).field("frame", view_.place(i)); });
        }
    }

    template <class Row>
    void records(Row&& row) const {
        view_.each_account([&](std::uint32_t account, std::uint32_t stack, const Who& who, const Figures& figures) {
            what_.report(account, view_.profile().ledger().accounts());
            row([&](JsonWriter& json) {
                json.field("stack", stack).field("thread", who.thread).field("allocator", name_of(who.allocator));
                write_figures(figures, json);
            });
        });
    }

  private:
    const Exported& what_;
    const View& view_;
    const Places& places_;
};

void write_head(const Exported& what, JsonWriter& json) {
    json.field("format", "alloclens").field("version", kVersion).key("summary");
    answer_summary(what.view, {}, json);
}

}  // namespace

void export_json(const Exported& what) {
    const Tables tables(what);
    JsonWriter json;
    const auto table = [&](const char* name, auto&& write) {
        json.key(name).begin_array();
        write([&](auto&& fields) {
            json.begin_object();
            fields(json);
            json.end_object();
            what.out.write(json.take());
        });
        json.end_array();
    };
    json.begin_object();
    write_head(what, json);
    table("threads", [&](auto&& row) { tables.threads(row); });
    table("frames", [&](auto&& row) { tables.frames(row); });
    table("stacks", [&](auto&& row) { tables.stacks(row); });
    table("records", [&](auto&& row) { tables.records(row); });
    json.key("lines").begin_array();
    for (const LineOfCode& line : lines_of(what.view)) write_line(what.view.places(), line, json);
    json.end_array().end_object();
    what.out.write(json.take() + "\n");
}

void export_ndjson(const Exported& what) {
    const Tables tables(what);
    const auto table = [&](const char* type) {
        return [&what, type](auto&& fields) {
            JsonWriter json;
            json.begin_object().field("type", type);
            fields(json);
            json.end_object();
            what.out.write(json.take() + "\n");
        };
    };
    table("capture")([&](JsonWriter& json) { write_head(what, json); });
    tables.threads(table("thread"));
    tables.frames(table("frame"));
    tables.stacks(table("stack"));
    tables.records(table("record"));
}

}  // namespace alloclens::core
