#include "caller_path.hpp"

#include <climits>
#include <cstring>
#include <string>
#include <string_view>

#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

namespace alloclens::tracker {
namespace {

/// The calling object's folder, and the folders that it wants to be searched (ld.so(8)).
struct Caller {
    std::string origin;
    std::string_view search;

    explicit Caller(const void* address) {
        Dl_info info{};
        link_map* map = nullptr;
        if (!dladdr1(address, &info, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) || !map || !map->l_ld) return;
        char folder[PATH_MAX];
        if (::dlinfo(map, RTLD_DI_ORIGIN, folder) == 0) origin = folder;  // glibc: a handle is a link map
        const char* names = nullptr;
        const ElfW(Dyn)* run_path = nullptr;
        const ElfW(Dyn)* r_path = nullptr;
        for (const ElfW(Dyn)* entry = map->l_ld; entry->d_tag != DT_NULL; ++entry) {
            if (entry->d_tag == DT_STRTAB) names = reinterpret_cast<const char*>(entry->d_un.d_ptr);
            if (entry->d_tag == DT_RUNPATH) run_path = entry;
            if (entry->d_tag == DT_RPATH) r_path = entry;
        }
        if (const auto* const path = run_path ? run_path : r_path; path && names) search = names + path->d_un.d_val;
    }

    std::string with_origin(std::string_view text) const {
        std::string out(text);
        for (const std::string_view token : {"${ORIGIN}", "$ORIGIN"}) {
            for (std::size_t at = out.find(token); at != out.npos; at = out.find(token, at + origin.size())) {
                out.replace(at, token.size(), origin);
            }
        }
        return out;
    }
};

void* open_in(const Caller& caller, const char* file, int mode) {
    std::string_view rest = caller.search;
    while (!rest.empty()) {
        const std::size_t end = rest.find(':');
        const std::string path = caller.with_origin(rest.substr(0, end)) + "/" + file;
        rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
        if (::access(path.c_str(), R_OK) != 0) continue;
        if (void* const handle = ::dlopen(path.c_str(), mode)) return handle;
    }
    return nullptr;
}

}  // namespace

void* open_for(const void* caller, const char* file, int mode) {
    if (!file || !*file) return ::dlopen(file, mode);
    const bool bare = !std::strchr(file, '/');
    const bool relative = std::strstr(file, "$ORIGIN") || std::strstr(file, "${ORIGIN}");
    if (!bare && !relative) return ::dlopen(file, mode);
    const Caller from(caller);
    if (relative) return ::dlopen(from.with_origin(file).c_str(), mode);
    // One that is loaded already under this name is taken first, as the dynamic linker does.
    if (from.search.empty()) return ::dlopen(file, mode);
    if (void* const loaded = ::dlopen(file, mode | RTLD_NOLOAD)) return loaded;
    if (void* const handle = open_in(from, file, mode)) return handle;
    return ::dlopen(file, mode);
}

}  // namespace alloclens::tracker
