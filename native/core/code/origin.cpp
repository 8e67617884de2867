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
    : standard_library_(folders(standard_library, cwd)), site_packages_(folders(site_packages, cwd)), own_(folders({std::string(cwd)}, "/")) {}

/// site-packages lies in the standard library's folder, so it is asked first.
Origin Origins::of(std::string_view file) const {
    if (file.starts_with("<frozen ")) return Origin::standard_library;
    if (lies_in(file, site_packages_)) return Origin::package;
    if (lies_in(file, standard_library_)) return Origin::standard_library;
    return Origin::yours;
}

std::size_t Origins::below(std::string_view file, const std::vector<std::string>& folders) {
    std::size_t longest = 0;
    for (const std::string& folder : folders) {
        if (file.starts_with(folder)) longest = std::max(longest, folder.size());
    }
    return longest;
}

std::string Origins::module_of(std::string_view file) const {
    constexpr std::string_view kFrozen = "<frozen ";
    if (file.starts_with(kFrozen)) return std::string(file.substr(kFrozen.size(), file.size() - kFrozen.size() - 1));
    if (is_synthetic(file)) return std::string(file);
    std::size_t begin = below(file, of(file) == Origin::package ? site_packages_ : of(file) == Origin::standard_library ? standard_library_ : own_);
    if (begin == 0) begin = file.rfind('/') + 1;
    std::string module(file.substr(begin));
    if (const std::size_t dot = module.rfind('.'); dot != std::string::npos && module.find('/', dot) == std::string::npos) module.resize(dot);
    constexpr std::string_view kPackage = "/__init__";
    if (module.ends_with(kPackage)) module.resize(module.size() - kPackage.size());
    std::replace(module.begin(), module.end(), '/', '.');
    return module;
}

std::string Origins::portable(std::string_view file) const {
    if (const std::size_t begin = below(file, site_packages_)) return "site-packages:" + std::string(file.substr(begin));
    if (const std::size_t begin = below(file, standard_library_)) return "standard library:" + std::string(file.substr(begin));
    if (const std::size_t begin = below(file, own_)) return "here:" + std::string(file.substr(begin));
    return std::string(file);
}

}  // namespace alloclens::core
