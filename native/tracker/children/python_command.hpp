// Where in an interpreter's command line its program begins.
#pragma once

namespace alloclens::tracker {

struct PythonCommand {
    /// Null when the program can be started through AllocLens, else why it can't, to follow "because".
    const char* refusal = nullptr;
    /// The word in which the program is named: a script, `-m…` or `-c…`, perhaps with flags before it as in `-um`.
    int program = 0;
    /// Characters of flags in that word, before its `m` or `c`; 0 when there are none.
    int flags = 0;
};

/// `words` is an argv, the interpreter's name first. Allocates nothing: it also runs between fork and exec.
PythonCommand read_python_command(char* const* words);

}  // namespace alloclens::tracker
