#include "followed_command.hpp"

#include <cstdio>
#include <cstring>

#include "python_command.hpp"

namespace alloclens::tracker {
namespace {

/// AllocLens started by the program, which would find itself tracked already.
bool is_launcher(const Children& children, char* const* words, const PythonCommand& command) {
    const char* const word = words[command.program];
    if (std::strcmp(word, children.launcher()[0]) == 0) return true;
    const char* const option = word[0] == '-' ? word + (command.flags ? command.flags : 1) : "";
    const char* const module = option[0] != 'm' ? "" : option[1] ? option + 1 : words[command.program + 1];
    return std::strcmp(module, "alloclens") == 0;
}

}  // namespace

FollowedCommand::FollowedCommand(const Children& children, const char* path, char* const* words, char* const* environment)
    : path_(path) {
    inspect_executable(path, executable_);
    if (!absent()) refusal_ = compose(children, path, words, environment);
}

const char* FollowedCommand::compose(const Children& children, const char* path, char* const* words, char* const* environment) {
    if (!children.followed()) return "children are not followed";
    if (executable_.refusal) return executable_.refusal;
    const bool script = executable_.kind == Executable::Kind::script;
    if (script) {
        if (const char* const refusal = add_interpreter(path, environment)) return refusal;
    }
    for (std::size_t i = script ? 1 : 0; words && words[0] && words[i]; ++i) {
        if (count_ + children.launcher().size() + 2 > kMaxWords) return "its command line is too long";
        add(words[i]);
    }
    words_[count_] = nullptr;
    if (const char* const obstacle = children.obstacle()) return obstacle;
    return insert_launcher(children);
}

/// The kernel executes the interpreter that the script's first line names, and env(1) the one that it finds.
const char* FollowedCommand::add_interpreter(const char* script, char* const* environment) {
    path_ = executable_.interpreter;
    const char* name = path_;
    const char* argument = executable_.argument[0] ? executable_.argument : nullptr;
    if (std::strcmp(name_of(path_), "env") == 0) {
        if (!argument || argument[0] == '-' || std::strpbrk(argument, " \t=")) return "its first line uses env with options";
        if (!find_on_path(argument, environment, found_, sizeof found_)) return "the interpreter in its first line is not there";
        path_ = found_;
        name = argument;
        argument = nullptr;
    }
    Executable interpreter;
    inspect_executable(path_, interpreter);
    if (interpreter.kind != Executable::Kind::python) {
        return interpreter.refusal ? interpreter.refusal : "it is no Python program";
    }
    add(name);
    if (argument) add(argument);
    add(script);
    return nullptr;
}

const char* FollowedCommand::insert_launcher(const Children& children) {
    const PythonCommand command = read_python_command(words_);
    if (command.refusal) return command.refusal;
    if (is_launcher(children, words_, command)) return "it is AllocLens itself";
    char** at = words_ + command.program;
    if (command.flags) {  // -um becomes -u, the launcher's words, -m
        const auto flags = static_cast<std::size_t>(command.flags);
        if (std::strlen(*at) - flags + 2 > sizeof program_ || flags >= sizeof flags_) return "its options are joined to its code";
        std::snprintf(flags_, sizeof flags_, "%.*s", command.flags, *at);
        std::snprintf(program_, sizeof program_, "-%s", *at + flags);
        *at = program_;
        std::memmove(at + 1, at, static_cast<std::size_t>(words_ + count_ + 1 - at) * sizeof *at);
        *at++ = flags_;
        ++count_;
    }
    const std::size_t words = children.launcher().size() - 1;
    std::memmove(at + words, at, static_cast<std::size_t>(words_ + count_ + 1 - at) * sizeof *at);
    std::memcpy(at, children.launcher().data(), words * sizeof *at);
    count_ += words;
    return nullptr;
}

}  // namespace alloclens::tracker
