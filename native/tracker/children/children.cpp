#include "children.hpp"

#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alloclens::tracker {

void Children::begin(const Options& options, const std::string& run_id) {
    launcher_.clear();
    words_ = options.launcher;
    words_.push_back("--child-of");
    words_.push_back(run_id + ":" + options.name);
    for (std::string& word : words_) launcher_.push_back(word.data());
    launcher_.push_back(nullptr);
    name_ = options.name;
    folder_ = name_.substr(0, name_.rfind('/') + 1);
    follow_ = options.follow && !options.launcher.empty() && mailbox_.create();
}

namespace {

/// As far as its file system tells: some keep whole seconds.
bool is_newer(const struct stat& file, const timespec& before) {
    const timespec& changed = file.st_ctim;
    if (before.tv_sec == 0) return false;
    if (changed.tv_sec != before.tv_sec) return changed.tv_sec > before.tv_sec;
    return changed.tv_nsec == 0 || changed.tv_nsec >= before.tv_nsec;
}

}  // namespace

bool Children::path_since(const timespec& before, pid_t pid, char* out, std::size_t capacity) const {
    for (unsigned number = 1; number < 10'000; ++number) {
        char again[16] = {};
        if (number > 1) std::snprintf(again, sizeof again, ".%u", number);
        const int length = std::snprintf(out, capacity, "%s.%d%s.alloclens", name_.c_str(), static_cast<int>(pid), again);
        if (static_cast<std::size_t>(length) >= capacity) return false;
        struct stat file {};
        if (::fstatat(AT_FDCWD, out, &file, AT_SYMLINK_NOFOLLOW) != 0 || is_newer(file, before)) return true;
    }
    return false;
}

const char* Children::obstacle() const {
    if (::faccessat(AT_FDCWD, launcher_[0], R_OK, AT_EACCESS) != 0) return "it may not read AllocLens' files";
    if (::faccessat(AT_FDCWD, folder_.c_str(), W_OK | X_OK, AT_EACCESS) != 0) return "it may not write where the capture would be";
    return nullptr;
}

Children& children() {
    union Undying {  // threads may start processes until this one is gone
        Undying() : value() {}
        ~Undying() {}
        Children value;
    };
    static Undying undying;
    return undying.value;
}

}  // namespace alloclens::tracker
