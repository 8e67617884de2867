#include "native_places.hpp"

#include <cstdio>
#include <string_view>

#include "core/code/origin.hpp"

namespace alloclens::core {

namespace {

/// Where a process and its threads begin.
bool is_c_library(std::string_view path) {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    for (const std::string_view known : {"libc.so", "libpthread.so", "libc-2.", "libpthread-2."}) {
        if (name.starts_with(known)) return true;
    }
    return false;
}

std::string hexadecimal(std::uint64_t number) {
    char text[24];
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(number));
    return text;
}

}  // namespace

bool NativePlaces::resolve(const Program& program, Places& places) {
    if (generation_ != places.generation()) {
        generation_ = places.generation();
        frames_.clear();
        offsets_.clear();
        frame_of_native_.clear();
        frame_at_.clear();
    }
    const std::uint32_t before = places.places();
    std::map<std::uint32_t, std::vector<std::uint32_t>> found;  // new frames, by module
    for (std::size_t i = frame_of_native_.size(); i < program.natives.size(); ++i) {
        const NativeFrame& native = program.natives[i];
        const auto [at, added] = frame_at_.try_emplace({native.module, native.offset}, static_cast<std::uint32_t>(frames_.size()));
        if (added) {
            frames_.emplace_back();
            offsets_.push_back(native.offset);
            found[native.module].push_back(at->second);
        }
        frame_of_native_.push_back(at->second);
    }
    const Module unknown;
    for (const auto& [id, frames] : found) {
        const auto module = program.modules.find(id);
        find_functions(id, module == program.modules.end() ? unknown : module->second, frames, places);
    }
    return places.places() != before;
}

void NativePlaces::find_functions(std::uint32_t module_id, const Module& module, const std::vector<std::uint32_t>& frames, Places& places) {
    const std::string path = module.path.empty() ? "" : absolute_path(module.path, places.cwd());
    std::vector<std::vector<NativeFunction>> functions(frames.size());
    if (module_id != 0 && !path.empty()) {
        std::vector<std::uint64_t> called;
        for (const std::uint32_t frame : frames) called.push_back(offsets_[frame] - 1);  // a call returns behind itself
        functions = symbols_.functions_at(path, module.build_id, called);
    }
    for (std::size_t i = 0; i < frames.size(); ++i) {
        Frame& frame = frames_[frames[i]];
        frame.interpreter = module.interpreter;
        frame.c_library = is_c_library(module.path);
        if (functions[i].empty()) functions[i].emplace_back();
        for (auto function = functions[i].rbegin(); function != functions[i].rend(); ++function) {
            const std::string name = function->name.empty() ? hexadecimal(offsets_[frames[i]]) : function->name;
            const std::string& file = function->file.empty() ? path : function->file;
            frame.places.push_back(places.native_place(file, name, function->line, function->first_line));
        }
    }
}

}  // namespace alloclens::core
