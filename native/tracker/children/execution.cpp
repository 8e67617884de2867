#include "execution.hpp"

#include <cerrno>
#include <cstdarg>
#include <cstring>

#include <unistd.h>

#include "child_note.hpp"
#include "children.hpp"
#include "executable.hpp"
#include "followed_command.hpp"
#include "tracker/pages.hpp"
#include "tracker/recorder/recorder.hpp"

namespace alloclens::tracker::hooked {
namespace {

using format::Birth;

/// Of this process; in a child that vfork made, the parent's memory is all there is to see.
bool is_tracked_process() { return ::getpid() == recorder::tracked_process(); }

void tell(const ChildNote& note) {
    const KeepErrno keep;
    const Inside inside;
    if (is_tracked_process()) recorder::record_child(note);
    else children().mailbox().post(note);
}

/// The C library starts a shell out of our sight.
void tell_shell(const char* command) {
    const char* const words[] = {"sh", "-c", command, nullptr};
    tell({Birth::spawn, 0, nullptr, "it is no Python program", const_cast<char* const*>(words)});
}

std::size_t count_words(const char* word, std::va_list rest) {
    std::size_t count = 0;
    for (; word; word = va_arg(rest, const char*)) ++count;
    return count;
}

/// What `execute` gives for the words as an array, with the null behind them. `rest` is behind that null then.
template <class Execute>
int with_words(const char* word, std::va_list& rest, Execute execute) {
    std::va_list counted;
    va_copy(counted, rest);
    const std::size_t count = count_words(word, counted);
    va_end(counted);
    auto** const words = static_cast<char**>(__builtin_alloca((count + 1) * sizeof(char*)));
    char** out = words;
    for (; word; word = va_arg(rest, const char*)) *out++ = const_cast<char*>(word);
    *out = nullptr;
    return execute(words);
}

/// The guard stands only while we prepare: a child that vfork made shares its parent's thread storage, and exec does not
/// come back to reset it.
template <class Execute>  // (path, words): returns when it failed
int execute(const char* path, char* const* words, char* const* environment, Execute real) {
    const bool becomes = is_tracked_process();
    if (!becomes && !children().followed()) return real(path, words);
    const FollowedCommand command = [&] {
        const KeepErrno keep;
        const Inside inside;
        return FollowedCommand(children(), path, words, environment);
    }();
    if (command.absent()) return real(path, words);
    char capture[PATH_MAX] = {};
    const bool followed = !command.refusal() && children().free_path(::getpid(), capture, sizeof capture);
    tell({becomes ? Birth::became : Birth::exec, ::getpid(), followed ? name_of(capture) : nullptr, command.refusal(), words});
    if (followed) real(command.path(), command.words());
    const int result = real(path, words);
    tell({Birth::failed, ::getpid(), nullptr, nullptr, nullptr});
    return result;
}

template <class Spawn>  // (pid, path, words): 0, or an error number
int spawn(pid_t* pid, const char* path, char* const* words, char* const* environment, Spawn real) {
    pid_t child = 0;
    char capture[PATH_MAX] = {};
    const FollowedCommand command = [&] {
        const KeepErrno keep;
        const Inside inside;
        return FollowedCommand(children(), path, words, environment);
    }();
    bool followed = !command.absent() && !command.refusal();
    timespec before{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &before);  // that of files
    if (followed) followed = real(&child, command.path(), command.words()) == 0;
    const int error = followed ? 0 : real(&child, path, words);
    if (error) return error;
    if (pid) *pid = child;
    if (followed) followed = children().path_since(before, child, capture, sizeof capture);
    tell({Birth::spawn, child, followed ? name_of(capture) : nullptr, command.refusal(), words});
    return 0;
}

}  // namespace

int execve(const char* path, char* const* words, char* const* environment) {
    if (!recording()) return ::execve(path, words, environment);
    return execute(path, words, environment, [=](const char* file, char* const* arguments) {
        return ::execve(file, arguments, environment);
    });
}

int execv(const char* path, char* const* words) { return recording() ? hooked::execve(path, words, environ) : ::execv(path, words); }

int execvpe(const char* file, char* const* words, char* const* environment) {
    char path[PATH_MAX];
    if (!recording() || !find_on_path(file, environ, path, sizeof path)) return ::execvpe(file, words, environment);
    return execute(path, words, environment, [=, &path](const char* found, char* const* arguments) {
        // glibc gives what is no program to the shell.
        return found == path ? ::execvpe(file, arguments, environment) : ::execve(found, arguments, environment);
    });
}

int execvp(const char* file, char* const* words) { return recording() ? hooked::execvpe(file, words, environ) : ::execvp(file, words); }

// The C library's own call what they need by other names than programs do. Without words there is nothing to be taken, and
// that call is what the real function is known by: the compiler must not see that it never comes.

const char* no_word() {
    const char* none = nullptr;
    __asm__("" : "+r"(none));
    return none;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat"  // it misses a null behind no words

int execl(const char* path, const char* word, ...) {
    if (!word) return ::execl(path, no_word(), nullptr);
    std::va_list rest;
    va_start(rest, word);
    const int result = with_words(word, rest, [=](char** words) { return hooked::execv(path, words); });
    va_end(rest);
    return result;
}

int execle(const char* path, const char* word, ...) {
    std::va_list rest;
    va_start(rest, word);
    const int result = word ? with_words(word, rest, [&](char** words) { return hooked::execve(path, words, va_arg(rest, char* const*)); })
                            : ::execle(path, no_word(), va_arg(rest, char* const*));
    va_end(rest);
    return result;
}

int execlp(const char* file, const char* word, ...) {
    if (!word) return ::execlp(file, no_word(), nullptr);
    std::va_list rest;
    va_start(rest, word);
    const int result = with_words(word, rest, [=](char** words) { return hooked::execvp(file, words); });
    va_end(rest);
    return result;
}

#pragma GCC diagnostic pop

int fexecve(int file, char* const* words, char* const* environment) {
    if (!recording()) return ::fexecve(file, words, environment);
    const bool becomes = is_tracked_process();
    const bool tells = becomes || children().followed();
    if (tells) tell({becomes ? Birth::became : Birth::exec, ::getpid(), nullptr, "its file was given as a descriptor", words});
    const int result = ::fexecve(file, words, environment);
    if (tells) tell({Birth::failed, ::getpid(), nullptr, nullptr, nullptr});
    return result;
}

int system(const char* command) {
    if (command && recording() && children().followed()) tell_shell(command);
    return ::system(command);
}

FILE* popen(const char* command, const char* mode) {
    if (recording() && children().followed()) tell_shell(command);
    return ::popen(command, mode);
}

int posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions, const posix_spawnattr_t* attributes,
                char* const* words, char* const* environment) {
    const auto real = [=](pid_t* child, const char* file, char* const* arguments) {
        return ::posix_spawn(child, file, actions, attributes, arguments, environment);
    };
    if (!recording() || !children().followed()) return real(pid, path, words);
    return spawn(pid, path, words, environment, real);
}

int posix_spawnp(pid_t* pid, const char* file, const posix_spawn_file_actions_t* actions, const posix_spawnattr_t* attributes,
                 char* const* words, char* const* environment) {
    char path[PATH_MAX];
    if (!recording() || !children().followed() || !find_on_path(file, environ, path, sizeof path)) {
        return ::posix_spawnp(pid, file, actions, attributes, words, environment);
    }
    return spawn(pid, path, words, environment, [=, &path](pid_t* child, const char* found, char* const* arguments) {
        return found == path ? ::posix_spawnp(child, file, actions, attributes, arguments, environment)
                             : ::posix_spawn(child, found, actions, attributes, arguments, environment);
    });
}

}  // namespace alloclens::tracker::hooked
