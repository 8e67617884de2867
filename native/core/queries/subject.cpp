#include "subject.hpp"

#include "function_places.hpp"

namespace alloclens::core {

namespace {

/// Those with a place that is marked, anywhere on the stack.
std::vector<bool> stacks_through(const View& view, const std::vector<bool>& marked) {
    std::vector<bool> result(view.stacks(), false);
    for (std::uint32_t i = 1; i < view.stacks(); ++i) result[i] = marked[view.place(i)] || result[view.parent(i)];
    return result;
}

std::vector<bool> stacks_of_subject(const LineSubject& subject, const View& view) {
    const Places& places = view.places();
    const std::uint32_t file = places.find_file(subject.file);
    std::vector<bool> on_line(places.places(), false);
    for (std::uint32_t i = 1; i < places.places(); ++i) on_line[i] = file != 0 && places.place(i).file == file && places.place(i).line == subject.line;
    if (subject.attribution == Attribution::with_callees) return stacks_through(view, on_line);
    const bool yours = subject.attribution == Attribution::yours;
    const std::vector<std::uint32_t> innermost = yours ? view.innermost_of_yours() : std::vector<std::uint32_t>();
    std::vector<bool> result(view.stacks(), false);
    for (std::uint32_t i = 1; i < view.stacks(); ++i) result[i] = on_line[yours ? innermost[i] : view.place(i)];
    return result;
}

std::vector<bool> stacks_of_subject(const FunctionId& function, const View& view) {
    return stacks_through(view, places_of_function(view.places(), function));
}

std::vector<bool> stacks_of_subject(const PathSubject& path, const View& view) {
    const Places& places = view.places();
    const auto matches = [&](std::uint32_t number, const PathSubject::Frame& frame) {
        if (number == 0) return !frame.file;
        const Places::Place& place = places.place(number);
        return places.name(place.name) == frame.function && frame.file == places.file(place.file).path && frame.line == place.line;
    };
    const std::size_t length = path.frames.size();
    // Of each stack, how many frames of the path it has gone along; more than that when it left it.
    std::vector<std::size_t> gone(view.stacks(), 0);
    std::vector<bool> result(view.stacks(), false);
    result[0] = length == 0;
    for (std::uint32_t i = 1; i < view.stacks(); ++i) {
        const std::size_t before = gone[view.parent(i)];
        if (before >= length) gone[i] = before;
        else gone[i] = matches(view.place(i), path.frames[before]) ? before + 1 : length + 1;
        result[i] = gone[i] == length;
    }
    return result;
}

}  // namespace

std::vector<bool> stacks_of(const Subject& subject, const View& view) {
    std::vector<bool> stacks = std::visit([&](const auto& of) { return stacks_of_subject(of, view); }, subject);
    for (std::uint32_t i = 0; i < view.stacks(); ++i) stacks[i] = stacks[i] && !view.left_out(i);
    return stacks;
}

}  // namespace alloclens::core
