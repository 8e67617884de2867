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

  private:
    std::vector<std::string> standard_library_;  ///< each with a slash behind it
    std::vector<std::string> site_packages_;
};

}  // namespace alloclens::core
