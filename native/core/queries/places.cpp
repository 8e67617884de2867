#include "places.hpp"

#include <cstring>

namespace alloclens::core {

namespace {

std::string packed(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    const std::uint32_t numbers[] = {a, b, c};
    return {reinterpret_cast<const char*>(numbers), sizeof numbers};
}

}  // namespace

void Places::clear() {
    ++generation_;
    files_ = {{"", Origin::native, ""}};
    functions_ = {{0, 0, 0}};
    places_ = {{0, 0, 0, 0}};
    names_ = {};
    names_.intern("");
    file_numbers_.clear();
    function_numbers_.clear();
    place_numbers_.clear();
    place_of_instruction_.clear();
    codes_.assign(1, {});
    place_of_frame_.assign(1, 0);
}

void Places::update(const Recording& recording) {
    const Program& program = recording.profile.program();
    if (files_.empty() || program.line_tables_changed != line_tables_changed_ || recording.metadata.has_value() != has_metadata_) {
        clear();
        line_tables_changed_ = program.line_tables_changed;
        has_metadata_ = recording.metadata.has_value();
        if (has_metadata_) {
            cwd_ = recording.metadata->cwd;
            origins_ = Origins(recording.metadata->standard_library, recording.metadata->site_packages, cwd_);
        }
    }
    add_codes(recording);
    for (std::size_t i = place_of_frame_.size(); i < program.frames.size(); ++i) {
        place_of_frame_.push_back(resolve(program, program.frames[i]));
    }
}

void Places::add_codes(const Recording& recording) {
    const Program& program = recording.profile.program();
    for (std::size_t i = codes_.size(); i < program.codes.size(); ++i) {
        const Code& code = program.codes[i];
        ResolvedCode resolved;
        resolved.file = intern_file(absolute_path(program.strings[code.file], cwd_));
        resolved.name = names_.intern(program.strings[code.name]);
        resolved.function = intern_function(resolved.file, resolved.name, code.first_line);
        codes_.push_back(std::move(resolved));
    }
}

std::uint32_t Places::resolve(const Program& program, const StackFrame& frame) {
    if (frame.code == 0) return 0;
    const std::uint64_t key = static_cast<std::uint64_t>(frame.code) << 32 | frame.instruction;
    const auto [known, first_time] = place_of_instruction_.try_emplace(key, 0);
    if (!first_time) return known->second;
    ResolvedCode& code = codes_[frame.code];
    const Code& recorded = program.codes[frame.code];
    if (!code.lines) code.lines.emplace(recorded.format, recorded.lines, recorded.first_line);
    const std::uint32_t line = code.lines->line(frame.instruction);
    const auto [at, added] = place_numbers_.try_emplace(packed(code.file, code.name, line), places());
    if (added) places_.push_back({code.file, code.name, line, code.function});
    known->second = at->second;
    return at->second;
}

std::uint32_t Places::native_place(const std::string& path, const std::string& function_name, std::uint32_t line, std::uint32_t first_line) {
    const std::uint32_t file = path.empty() ? 0 : intern_file(path, Origin::native);
    const std::uint32_t name = names_.intern(function_name);
    const auto [at, added] = place_numbers_.try_emplace(packed(file, name, line), places());
    if (added) places_.push_back({file, name, line, intern_function(file, name, first_line)});
    return at->second;
}

std::uint32_t Places::intern_function(std::uint32_t file, std::uint32_t name, std::uint32_t first_line) {
    const auto [at, added] = function_numbers_.try_emplace(packed(file, name, first_line), functions());
    if (added) functions_.push_back({file, name, first_line});
    return at->second;
}

std::uint32_t Places::intern_file(const std::string& path, std::optional<Origin> origin) {
    const auto [at, added] = file_numbers_.try_emplace(path, files());
    if (added) files_.push_back({path, origin ? *origin : origins_.of(path), origins_.module_of(path)});
    return at->second;
}

std::uint32_t Places::find_file(const std::string& path) const {
    const auto at = file_numbers_.find(path);
    return at == file_numbers_.end() ? 0 : at->second;
}

}  // namespace alloclens::core
