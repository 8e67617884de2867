#include "scope.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <utility>

namespace alloclens::core {

namespace {

bool matches(const std::string& pattern, const std::string& text) { return ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0; }

bool matches_any(const std::vector<std::string>& globs, const Places::File& file, const std::string& cwd) {
    return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
        return matches(glob, file.path) || matches(cwd + "/" + glob, file.path) || matches(glob, file.module) ||
               matches(glob + ".*", file.module);
    });
}

/// By file; `of` tells it for one.
template <class Of>
std::vector<bool> by_file(const Places& places, Of&& of) {
    std::vector<bool> result(places.files(), false);
    for (std::uint32_t i = 1; i < places.files(); ++i) result[i] = of(places.file(i));
    return result;
}

std::shared_ptr<const std::vector<bool>> left_out(const Scope& scope, const Program& program, const Places& places) {
    if (scope.include.empty() && scope.exclude.empty()) return nullptr;
    const auto included = by_file(places, [&](const Places::File& file) { return matches_any(scope.include, file, places.cwd()); });
    const auto excluded = by_file(places, [&](const Places::File& file) { return matches_any(scope.exclude, file, places.cwd()); });
    // Of each stack: whether a frame on it, its own or a caller's, is in such a file.
    std::vector<bool> has_included(program.stacks.size(), false), has_excluded(program.stacks.size(), false);
    for (std::uint32_t i = 1; i < program.stacks.size(); ++i) {
        const std::uint32_t file = places.place(places.of_frame(program.stacks[i].frame)).file, parent = program.stacks[i].parent;
        has_included[i] = included[file] || has_included[parent];
        has_excluded[i] = excluded[file] || has_excluded[parent];
    }
    auto result = std::make_shared<std::vector<bool>>(program.stacks.size());
    for (std::size_t i = 0; i < result->size(); ++i) {
        (*result)[i] = has_excluded[i] || (!scope.include.empty() && !has_included[i]);
    }
    return result;
}

template <class Value>
bool lets_through(const std::optional<std::vector<Value>>& chosen, const Value& value) {
    return !chosen || std::find(chosen->begin(), chosen->end(), value) != chosen->end();
}

/// By region: whether it or one around it has a name that was chosen.
std::vector<bool> in_regions(const Scope& scope, const Program& program) {
    std::vector<bool> result(program.regions.size(), !scope.regions);
    for (std::size_t i = 1; scope.regions && i < result.size(); ++i) {
        result[i] = result[program.regions[i].parent] || lets_through(scope.regions, program.regions[i].name);
    }
    return result;
}

}  // namespace

std::function<bool(const Who&)> who_counts(const Scope& scope, const Program& program) {
    return [scope, regions = in_regions(scope, program)](const Who& who) {
        return lets_through(scope.threads, who.thread) && lets_through(scope.allocators, name_of(who.allocator)) &&
               who.region < regions.size() && regions[who.region];
    };
}

Filter filter_of(const Scope& scope, const Ledger& ledger, const Program& program, const Places& places) {
    Filter filter;
    const auto counts = who_counts(scope, program);
    for (const Who& who : ledger.whos()) filter.whos.push_back(counts(who));
    filter.left_out = left_out(scope, program, places);
    return filter;
}

std::vector<std::string> allocator_names() {
    std::vector<std::string> names;
    for (unsigned i = 1; i <= static_cast<unsigned>(format::Allocator::pyobject_realloc); ++i) {
        if (std::string name = name_of(static_cast<format::Allocator>(i)); name != "unknown") names.push_back(std::move(name));
    }
    return names;
}

std::string name_of(format::Allocator allocator) {
    using format::Allocator;
    switch (allocator) {
        case Allocator::malloc: return "malloc";
        case Allocator::calloc: return "calloc";
        case Allocator::realloc: return "realloc";
        case Allocator::posix_memalign: return "posix_memalign";
        case Allocator::aligned_alloc: return "aligned_alloc";
        case Allocator::memalign: return "memalign";
        case Allocator::valloc: return "valloc";
        case Allocator::pvalloc: return "pvalloc";
        case Allocator::mmap: return "mmap";
        case Allocator::pymem_malloc: return "pymem_malloc";
        case Allocator::pymem_calloc: return "pymem_calloc";
        case Allocator::pymem_realloc: return "pymem_realloc";
        case Allocator::pyobject_malloc: return "pyobject_malloc";
        case Allocator::pyobject_calloc: return "pyobject_calloc";
        case Allocator::pyobject_realloc: return "pyobject_realloc";
    }
    return "unknown";
}

}  // namespace alloclens::core
