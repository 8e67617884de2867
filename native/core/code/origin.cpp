#include "origin.hpp"

#include <algorithm>

namespace alloclens::core {

namespace {

std::vector<std::string> folders(const std::vector<std::string>& names, std::string_view cwd) {
    std::vector<std::string> result;
    for (const std::string& name : names) {
        if (name.empty()) continue;
        std::string folder = absolute_path(name, cwd);
        if (folder.back() != '/') folder += '/';
        result.push_back(std::move(folder));
    }
    return result;
}

bool lies_in(std::string_view file, const std::vector<std::string>& folders) {
    return std::any_of(folders.begin(), folders.end(), [file](const std::string& folder) { return file.starts_with(folder); });
}

}  // namespace

std::string_view name_of(Origin origin) {
    switch (origin) {
        case Origin::yours: return "yours";
        case Origin::standard_library: return "standard_library";
        case Origin::package: return "package";
        case Origin::native: break;
    }
    return "native";
}

bool is_synthetic(std::string_view file) { return file.size() >= 2 && file.front() == '<' && file.back() == '>'; }

std::string absolute_path(std::string_view file, std::string_view cwd) {
    if (file.empty() || is_synthetic(file)) return std::string(file);
    std::vector<std::string_view> parts;
    const auto add = [&parts](std::string_view path) {
        while (!path.empty()) {
            const std::size_t slash = std::min(path.find('/'), path.size());
            const std::string_view part = path.substr(0, slash);
            path.remove_prefix(std::min(slash + 1, path.size()));
            if (part == "..") {
                if (!parts.empty()) parts.pop_back();
            } else if (!part.empty() && part != ".") {
                parts.push_back(part);
            }
        }
    };
    if (file.front() != '/') add(cwd);
    add(file);
    std::string result;
    for (const std::string_view part : parts) (result += '/') += part;
    return result.empty() ? "/" : result;
}

Origins::Origins(const std::vector<std::string>& standard_library, const std::vector<std::string>& site_packages,
                 std::string_view cwd)
    : standard_library_(folders(standard_library, cwd)), site_packages_(folders(site_packages, cwd)) {}

/// site-packages lies in the standard library's folder, so it is asked first.
Origin Origins::of(std::string_view file) const {
    if (file.starts_with("<frozen ")) return Origin::standard_library;
    if (lies_in(file, site_packages_)) return Origin::package;
    if (lies_in(file, standard_library_)) return Origin::standard_library;
    return Origin::yours;
}

}  // namespace alloclens::core
