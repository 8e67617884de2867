// Every frame's place in the source: file, executing line, function.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/capture/recording.hpp"
#include "core/code/line_table.hpp"
#include "core/code/origin.hpp"

namespace alloclens::core {

/// Numbers of files, functions and places stay while a capture grows. Number 0 is none: memory without Python code.
class Places {
  public:
    struct File {
        std::string path;  ///< absolute, or `<string>` and the like
        Origin origin;
        std::string module;  ///< as one would import it
    };
    struct Function {
        std::uint32_t file;
        std::uint32_t name;
        std::uint32_t first_line;
    };
    struct Place {
        std::uint32_t file;
        std::uint32_t name;
        std::uint32_t line;
        std::uint32_t function;
    };

    /// Resolves the frames that came since.
    void update(const Recording& recording);
    /// Number of a place in native code. Without a path or a line these are not known.
    std::uint32_t native_place(const std::string& path, const std::string& name, std::uint32_t line, std::uint32_t first_line);
    /// Rises when all numbers are given anew.
    std::uint32_t generation() const { return generation_; }

    /// By the program's number of a frame; of a native one, the place of the Python frame that called it.
    std::uint32_t of_frame(std::uint32_t frame) const { return place_of_frame_[frame]; }

    const Place& place(std::uint32_t number) const { return places_[number]; }
    const Function& function(std::uint32_t number) const { return functions_[number]; }
    const File& file(std::uint32_t number) const { return files_[number]; }
    const std::string& name(std::uint32_t number) const { return names_[number]; }
    Origin origin(std::uint32_t place) const { return files_[places_[place].file].origin; }
    std::uint32_t first_line(std::uint32_t place) const { return functions_[places_[place].function].first_line; }

    std::uint32_t places() const { return static_cast<std::uint32_t>(places_.size()); }
    std::uint32_t functions() const { return static_cast<std::uint32_t>(functions_.size()); }
    std::uint32_t files() const { return static_cast<std::uint32_t>(files_.size()); }

    const Origins& origins() const { return origins_; }
    const std::string& cwd() const { return cwd_; }
    /// Of the import system itself: what lies below it is asked for while a module is imported.
    bool is_import(std::uint32_t place) const { return files_[places_[place].file].path.starts_with("<frozen importlib."); }

    /// 0 when no code of that file was seen.
    std::uint32_t find_file(const std::string& path) const;

  private:
    struct ResolvedCode {
        std::uint32_t file = 0;
        std::uint32_t name = 0;
        std::uint32_t function = 0;
        std::optional<LineTable> lines;
    };

    void clear();
    void add_codes(const Recording& recording);
    std::uint32_t resolve(const Program& program, const StackFrame& frame);
    std::uint32_t intern_file(const std::string& path, std::optional<Origin> origin = {});
    std::uint32_t intern_function(std::uint32_t file, std::uint32_t name, std::uint32_t first_line);

    Origins origins_;
    std::string cwd_;
    bool has_metadata_ = false;
    std::uint32_t line_tables_changed_ = 0;
    std::uint32_t generation_ = 0;

    std::vector<File> files_;
    std::vector<Function> functions_;
    std::vector<Place> places_;
    Strings names_;
    std::unordered_map<std::string, std::uint32_t> file_numbers_;
    std::unordered_map<std::string, std::uint32_t> function_numbers_;
    std::unordered_map<std::string, std::uint32_t> place_numbers_;
    std::unordered_map<std::uint64_t, std::uint32_t> place_of_instruction_;  ///< by code and instruction
    std::vector<ResolvedCode> codes_;
    std::vector<std::uint32_t> place_of_frame_;
};

}  // namespace alloclens::core
