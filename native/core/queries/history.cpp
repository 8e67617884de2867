#include <algorithm>
#include <optional>

#include "core/profile/subject_history.hpp"
#include "queries.hpp"

namespace alloclens::core {

void answer_history(const View& view, const std::vector<bool>& subject, const SubjectHistory& history, std::size_t points, JsonWriter& out) {
    const auto seconds = [](std::uint64_t us) { return static_cast<double>(us) / 1e6; };
    Figures figures;
    for (std::uint32_t i = 0; i < view.stacks(); ++i) {
        if (subject[i]) figures += view.own(i);
    }
    out.begin_object();
    write_steps(history.bytes(), points, out);
    out.key("blocks").begin_array();
    for (const std::uint64_t blocks : highest_of(history.blocks(), points)) out.value(blocks);
    out.end_array();
    write_figures("figures", figures, out);
    const Amount& total = figures.total;
    out.field("average_size", total.allocations ? static_cast<double>(total.bytes) / static_cast<double>(total.allocations) : 0.0);
    std::uint64_t freed = 0;
    for (const Amount& amount : history.lifetimes()) freed += amount.allocations;
    out.field("average_lifetime_s", freed ? std::optional(seconds(history.sum_of_lifetimes()) / static_cast<double>(freed)) : std::nullopt);
    out.key("lifetimes").begin_array();
    for (std::size_t i = 0; i < history.lifetimes().size(); ++i) {
        const Amount& amount = history.lifetimes()[i];
        const bool bounded = i < SubjectHistory::kLifetimes.size();
        out.begin_object().field("below_s", bounded ? std::optional(seconds(SubjectHistory::kLifetimes[i])) : std::nullopt);
        out.field("allocations", amount.allocations).field("bytes", amount.bytes).end_object();
    }
    out.end_array().end_object();
}

}  // namespace alloclens::core
