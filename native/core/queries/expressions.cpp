#include <map>
#include <unordered_map>
#include <vector>

#include "core/code/expression.hpp"
#include "line_figures.hpp"
#include "queries.hpp"

namespace alloclens::core {

namespace {

/// Numbers the expressions of one file from 1; stacks elsewhere, or without columns, have 0.
class FileExpressions {
  public:
    FileExpressions(const View& view, std::uint32_t file) : of_stack_(view.stacks(), 0) {
        const Program& program = view.recording().profile.program();
        const Places& places = view.places();
        std::unordered_map<std::uint64_t, std::uint32_t> of_instruction;
        for (std::uint32_t i = 1; i < view.stacks(); ++i) {
            if (places.place(view.place(i)).file != file) continue;
            const StackFrame& frame = program.frame(i);
            const std::uint64_t key = static_cast<std::uint64_t>(frame.code) << 32 | frame.instruction;
            const auto [at, first_time] = of_instruction.try_emplace(key, 0);
            if (first_time) at->second = number_of(program.codes[frame.code], frame.instruction);
            of_stack_[i] = at->second;
        }
    }

    std::uint32_t of(std::uint32_t stack) const { return of_stack_[stack]; }
    std::uint32_t count() const { return static_cast<std::uint32_t>(numbers_.size()) + 1; }
    const std::map<Expression, std::uint32_t>& numbers() const { return numbers_; }

  private:
    std::uint32_t number_of(const Code& code, std::uint32_t instruction) {
        if (code.format != format::LineTable::locations) return 0;
        const auto expression = expression_at(code.lines, code.first_line, instruction);
        return expression ? numbers_.try_emplace(*expression, count()).first->second : 0;
    }

    std::vector<std::uint32_t> of_stack_;
    std::map<Expression, std::uint32_t> numbers_;
};

}  // namespace

void answer_expressions(const View& view, const std::string& path, JsonWriter& out) {
    const Places& places = view.places();
    const std::uint32_t file = places.find_file(path);
    out.begin_object().key("expressions").begin_array();
    if (file != 0) {
        const FileExpressions expressions(view, file);
        std::vector<LineFigures> figures(expressions.count());
        std::vector<std::uint32_t> yours(view.stacks(), 0);  // the expression of the innermost frame of the user's code
        for (std::uint32_t i = 1; i < view.stacks(); ++i) {
            const bool own_code = view.place(i) != 0 && places.origin(view.place(i)) == Origin::yours;
            yours[i] = own_code ? expressions.of(i) : yours[view.parent(i)];
            if (expressions.of(i) != 0) figures[expressions.of(i)].own += view.own(i);
            if (yours[i] != 0) figures[yours[i]].yours += view.own(i);
        }
        view.outermost_stacks(expressions.count(), [&](std::uint32_t stack) { return expressions.of(stack); },
                              [&](std::uint32_t, std::uint32_t key, const Figures& sum) { figures[key].with_callees += sum; });
        for (const auto& [expression, number] : expressions.numbers()) {
            if (figures[number].with_callees.empty()) continue;
            out.begin_object().field("line", expression.line).field("column", expression.column);
            out.field("end_line", expression.end_line).field("end_column", expression.end_column);
            write_figures("own", figures[number].own, out);
            write_figures("yours", figures[number].yours, out);
            write_figures("with_callees", figures[number].with_callees, out);
            out.end_object();
        }
    }
    out.end_array().end_object();
}

}  // namespace alloclens::core
