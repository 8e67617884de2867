// Whose code a file holds, and where it lies.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace alloclens::core {

enum class Origin { yours, standard_library, package, native };

std::string_view name_of(Origin origin);

/// `<string>`, `<frozen importlib._bootstrap>`: no file.
bool is_synthetic(std::string_view file);

/// Relative names begin at `cwd`; `.`, `..` and double slashes go without asking the file system.
std::string absolute_path(std::string_view file, std::string_view cwd);

class Origins {
  public:
    Origins() = default;
    Origins(const std::vector<std::string>& standard_library, const std::vector<std::string>& site_packages, std::string_view cwd);

    /// `file` as `absolute_path` makes it.
    Origin of(std::string_view file) const;

    /// As one would import it: `numpy.core.fromnumeric`; the file's name alone when it lies in none of the folders.
    std::string module_of(std::string_view file) const;
    /// A name that is the same for the same file in a run elsewhere: what lies below one of the folders, else the path.
    std::string portable(std::string_view file) const;

  private:
    /// Where in `file` the part below the longest of the folders begins; 0 when it lies in none.
    static std::size_t below(std::string_view file, const std::vector<std::string>& folders);

    std::vector<std::string> standard_library_;  ///< each with a slash behind it
    std::vector<std::string> site_packages_;
    std::vector<std::string> own_;  ///< the working directory
};

}  // namespace alloclens::core
