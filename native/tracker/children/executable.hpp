// What kind of program a file holds, as far as following it goes.
#pragma once

#include <cstddef>
#include <cstring>

namespace alloclens::tracker {

/// What stands behind the last slash.
inline const char* name_of(const char* path) {
    const char* const slash = std::strrchr(path, '/');
    return slash ? slash + 1 : path;
}

struct Executable {
    enum class Kind {
        absent,   ///< executing it will fail
        python,   ///< an interpreter that may be one that we know
        script,   ///< its first line names an interpreter
        other,    ///< `refusal` says what
    };
    Kind kind = Kind::absent;
    const char* refusal = nullptr;  ///< to follow "because"
    char interpreter[256] = {};  ///< of a script; Linux reads no more of its first line
    char argument[256] = {};     ///< of a script: what follows the interpreter on its first line
};

/// Allocates nothing: it also runs between fork and exec.
void inspect_executable(const char* path, Executable& out);

/// The file that execvp would take for `name`, with PATH as in `environment`. False when there is none.
bool find_on_path(const char* name, char* const* environment, char* out, std::size_t capacity);

}  // namespace alloclens::tracker
