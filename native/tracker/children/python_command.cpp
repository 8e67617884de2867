#include "python_command.hpp"

#include <cstring>

namespace alloclens::tracker {
namespace {

PythonCommand refused(const char* why) { return {why, 0, 0}; }

bool is_one_of(char c, const char* set) { return c && std::strchr(set, c); }

}  // namespace

// Python/getopt.c and Python/initconfig.c: short options may be joined, W and X (and 2.7's Q) take a value.
PythonCommand read_python_command(char* const* words) {
    if (!words[0]) return refused("it has an empty command line");
    for (int i = 1; words[i]; ++i) {
        const char* const word = words[i];
        if (word[0] != '-' || !word[1]) return {nullptr, i, 0};  // a script, or `-`
        if (word[1] == '-') {
            if (std::strcmp(word, "--check-hash-based-pycs") != 0) return refused("it only asks the interpreter for help or its version");
            if (!words[++i]) break;
            continue;
        }
        for (int at = 1; word[at]; ++at) {
            const char option = word[at];
            if (option == 'c' || option == 'm') {
                if (!word[at + 1] && !words[i + 1]) return refused("its command line is not complete");
                return {nullptr, i, at == 1 ? 0 : at};
            }
            if (option == 'x') return refused("it skips the first line of its script (-x)");
            if (is_one_of(option, "hV?")) return refused("it only asks the interpreter for help or its version");
            if (is_one_of(option, "WXQ")) {
                if (!word[at + 1] && !words[++i]) return refused("its command line is not complete");
                break;
            }
        }
    }
    return refused("it names no program on its command line");
}

}  // namespace alloclens::tracker
