// One line a stack: its frames from the outermost on, joined by semicolons, and its bytes. flamegraph.pl and inferno
// read it.
#include "export.hpp"

namespace alloclens::core {

namespace {

/// What separates frames and lines can't be in a frame.
std::string frame_text(const Places& places, std::uint32_t place) {
    std::string text = label_of(places, place);
    for (char& c : text) {
        if (c == ';') c = ':';
        else if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    }
    return text;
}

}  // namespace

void export_collapsed(const Exported& what) {
    const View& view = what.view;
    for (std::uint32_t i = 0; i < view.stacks(); ++i) {
        what.report(i, view.stacks());
        const std::uint64_t bytes = view.own(i).of(what.measure).bytes;
        if (bytes == 0) continue;
        std::string line;
        for (const std::uint32_t stack : path_to(view, i)) {
            if (!line.empty()) line += ';';
            line += frame_text(view.places(), view.place(stack));
        }
        if (line.empty()) line = "(no Python code)";
        line += ' ';
        line += std::to_string(bytes);
        what.out.write(line += '\n');
    }
}

}  // namespace alloclens::core
