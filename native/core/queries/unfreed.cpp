#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "queries.hpp"
#include "rows.hpp"

namespace alloclens::core {

namespace {

/// Frames of a stack that are told: a recursion of thousands says no more.
constexpr std::size_t kFrames = 100;

/// Of the standard library: what these keep, they keep to be quicker the next time.
constexpr std::array<std::string_view, 13> kCachingModules{"linecache", "re",       "re._compiler", "re._parser", "sre_compile", "sre_parse", "functools",
                                                           "typing",    "_strptime", "fnmatch",     "gettext",    "locale",      "warnings"};

enum class Keeper { none, import, cache };

std::string_view name_of(Keeper keeper) {
    return keeper == Keeper::import ? "import" : keeper == Keeper::cache ? "cache" : "none";
}

bool speaks_of_cache(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    return lower.find("cache") != std::string::npos || lower.find("memoi") != std::string::npos;
}

std::string_view last_part(std::string_view qualified) { return qualified.substr(qualified.rfind('.') + 1); }

/// Functions that keep what they make on purpose: by their name, their decorators, or as one knows them.
class Caches {
  public:
    enum class Kind : std::uint8_t { none, library, yours };

    Caches(const Places& places, const SourceText& source) : places_(places), source_(source) {}

    Kind of(std::uint32_t place) {
        const std::uint32_t function = places_.place(place).function;
        const auto [at, added] = kinds_.try_emplace(function, Kind::none);
        if (added) at->second = kind_of(places_.function(function));
        return at->second;
    }

  private:
    Kind kind_of(const Places::Function& function) {
        const Places::File& file = places_.file(function.file);
        if (file.origin == Origin::standard_library) {
            return std::find(kCachingModules.begin(), kCachingModules.end(), file.module) != kCachingModules.end() ? Kind::library : Kind::none;
        }
        if (speaks_of_cache(last_part(places_.name(function.name))) || is_decorated(function)) return Kind::yours;
        return Kind::none;
    }

    /// The first line of a function is that of its first decorator.
    bool is_decorated(const Places::Function& function) {
        const auto [at, added] = texts_.try_emplace(function.file);
        if (added) at->second = source_(places_.file(function.file).path).value_or("");
        std::string_view rest = at->second;
        for (std::uint32_t line = 1; !rest.empty(); ++line) {
            const std::string_view text = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(rest.size(), text.size() + 1));
            if (line < function.first_line) continue;
            const std::size_t code = text.find_first_not_of(" \t");
            if (code == std::string_view::npos || text[code] != '@') return false;
            if (speaks_of_cache(text)) return true;
        }
        return false;
    }

    const Places& places_;
    const SourceText& source_;
    std::unordered_map<std::uint32_t, Kind> kinds_;         ///< by function
    std::unordered_map<std::uint32_t, std::string> texts_;  ///< by file
};

struct Group {
    Keeper keeper = Keeper::none;
    std::uint32_t stack = 0;  ///< one of those that are merged in it
    std::uint32_t by = 0;     ///< the place that keeps it
    Amount unfreed;
    std::uint64_t allocated = 0;
    std::vector<std::uint64_t> growth;

    std::uint64_t grown() const {
        return std::accumulate(growth.begin(), growth.end(), std::uint64_t{0}) - *std::max_element(growth.begin(), growth.end());
    }
};

/// Stacks with the same lines are one group; what was made while a module was imported is one for each module.
class Grouping {
  public:
    Grouping(const View& view, const SourceText& source)
        : view_(view), places_(view.places()), caches_(view.places(), source), node_of_(view.stacks(), kNone) {
        node_of_[0] = 0;
        nodes_.push_back({});
    }

    std::vector<Group> groups() {
        add_nodes();
        std::map<std::string, Group> imports;
        std::vector<Group> by_node(nodes_.size());
        const std::size_t parts = view_.profile().part().generations;
        view_.each_account([&](std::uint32_t account, std::uint32_t stack, const Who&, const Figures& figures) {
            const auto generation = view_.profile().generation(account);
            const std::uint32_t number = node_of(stack);
            if (!generation || number == kNone) return;
            const Node& node = nodes_[number];
            const bool imported = node.imported != 0;
            Group& group = imported ? imports[places_.file(places_.place(node.imported).file).module] : by_node[number];
            if (group.growth.empty()) {
                group.growth.resize(parts);
                group.keeper = imported ? Keeper::import : node.cache != 0 ? Keeper::cache : Keeper::none;
                group.by = imported ? node.imported : node.cache;
                group.stack = stack;
            }
            group.unfreed += figures.unfreed;
            group.allocated += figures.total.allocations;
            group.growth[std::min<std::size_t>(*generation, parts - 1)] += figures.unfreed.bytes;
        });
        std::vector<Group> all;
        const auto take = [&all](Group& group) {
            if (group.unfreed.bytes != 0) all.push_back(std::move(group));
        };
        for (Group& group : by_node) take(group);
        for (auto& [module, group] : imports) take(group);
        return all;
    }

  private:
    static constexpr std::uint32_t kNone = UINT32_MAX;

    /// A path of places from the root.
    struct Node {
        std::uint32_t imported = 0;  ///< the outermost place that was executed for an import
        std::uint32_t cache = 0;     ///< the innermost place that keeps on purpose
        bool of_library = false;     ///< and is the standard library's
        bool importing = false;
    };

    /// Only for stacks that something is left of: of millions these are few.
    void add_nodes() {
        std::vector<bool> needed(view_.stacks(), false);
        view_.each_account([&](std::uint32_t, std::uint32_t stack, const Who&, const Figures& figures) {
            if (figures.unfreed.bytes == 0) return;
            for (std::uint32_t at = stack; at != 0 && !needed[at]; at = view_.parent(at)) needed[at] = true;
        });
        for (std::uint32_t i = 1; i < view_.stacks(); ++i) {
            if (!needed[i]) continue;
            const std::uint32_t parent = node_of_[view_.parent(i)];
            node_of_[i] = is_native(i) ? parent : child(parent, view_.place(i));
        }
    }

    bool is_native(std::uint32_t stack) const { return view_.program().frame(stack).native; }

    std::uint32_t child(std::uint32_t parent, std::uint32_t place) {
        const auto [at, added] = children_.try_emplace(std::uint64_t{parent} << 32 | place, static_cast<std::uint32_t>(nodes_.size()));
        if (!added) return at->second;
        Node node = nodes_[parent];
        if (places_.is_import(place)) node.importing = true;
        else if (node.importing && node.imported == 0) node.imported = place;
        const Caches::Kind kind = caches_.of(place);
        if (kind != Caches::Kind::none) node.cache = place, node.of_library = kind == Caches::Kind::library;
        else if (node.of_library && places_.origin(place) == Origin::yours) node.cache = 0, node.of_library = false;
        nodes_.push_back(node);
        return at->second;
    }

    /// Of any stack: those of which nothing is left may have the lines of one of which something is.
    std::uint32_t node_of(std::uint32_t stack) {
        if (node_of_[stack] != kNone) return node_of_[stack];
        std::vector<std::uint32_t> way;
        std::uint32_t at = stack;
        for (; node_of_[at] == kNone; at = view_.parent(at)) way.push_back(at);
        std::uint32_t node = node_of_[at];
        for (auto i = way.rbegin(); i != way.rend() && node != kNone; ++i) {
            if (is_native(*i)) continue;
            const auto known = children_.find(std::uint64_t{node} << 32 | view_.place(*i));
            node = known == children_.end() ? kNone : known->second;
        }
        return node;
    }

    const View& view_;
    const Places& places_;
    Caches caches_;
    std::vector<std::uint32_t> node_of_;  ///< by stack
    std::vector<Node> nodes_;
    std::unordered_map<std::uint64_t, std::uint32_t> children_;  ///< by node and place
};

void write_path(const View& view, std::uint32_t stack, JsonWriter& out) {
    out.key("path").begin_array();
    std::size_t count = 0;
    for (; stack != 0 && count < kFrames; stack = view.parent(stack)) {
        if (view.program().frame(stack).native) continue;
        out.begin_object();
        write_place(view.places(), view.place(stack), out);
        out.end_object();
        ++count;
    }
    out.end_array();
}

/// Of what one import made: the call of the module, whatever it called.
std::uint32_t outermost_at(const View& view, std::uint32_t stack, std::uint32_t place) {
    std::uint32_t outermost = stack;
    for (; stack != 0; stack = view.parent(stack)) {
        if (view.place(stack) == place) outermost = stack;
    }
    return outermost;
}

void write_group(const View& view, const Group& group, JsonWriter& out) {
    out.begin_object().field("keeper", name_of(group.keeper)).key("kept_by");
    if (group.by == 0) {
        out.value(nullptr);
    } else {
        out.begin_object();
        write_place(view.places(), group.by, out);
        const Places::File& file = view.places().file(view.places().place(group.by).file);
        out.field("module", file.module).end_object();
    }
    write_path(view, group.keeper == Keeper::import ? outermost_at(view, group.stack, group.by) : group.stack, out);
    out.field("bytes", group.unfreed.bytes).field("allocations", group.unfreed.allocations).key("growth_bytes").begin_array();
    for (const std::uint64_t bytes : group.growth) out.value(bytes);
    out.end_array();
    out.field("kept_share", group.allocated ? static_cast<double>(group.unfreed.allocations) / static_cast<double>(group.allocated) : 0.0);
    out.end_object();
}

}  // namespace

void answer_unfreed(const View& view, const SourceText& source, std::size_t limit, JsonWriter& out) {
    std::vector<Group> groups = Grouping(view, source).groups();
    std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
        return a.grown() != b.grown() ? a.grown() > b.grown() : a.unfreed.bytes > b.unfreed.bytes;
    });
    const Part& part = view.profile().part();
    out.begin_object().field("part_s", static_cast<double>(part.to_us - part.from_us) / 1e6 / part.generations);
    std::array<Amount, 3> totals{};
    std::array<std::size_t, 3> counts{};
    out.key("groups").begin_array();
    for (const Group& group : groups) {
        const auto keeper = static_cast<std::size_t>(group.keeper);
        totals[keeper] += group.unfreed;
        if (++counts[keeper] <= limit) write_group(view, group, out);
    }
    out.end_array().key("totals").begin_object();
    for (const Keeper keeper : {Keeper::none, Keeper::import, Keeper::cache}) {
        const auto i = static_cast<std::size_t>(keeper);
        out.key(name_of(keeper)).begin_object().field("bytes", totals[i].bytes).field("allocations", totals[i].allocations);
        out.field("groups", static_cast<std::uint64_t>(counts[i])).end_object();
    }
    out.end_object().end_object();
}

}  // namespace alloclens::core
