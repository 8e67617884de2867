// What is called in place of the functions that execute a program.
#pragma once

#include <cstdio>

#include <spawn.h>
#include <sys/types.h>

namespace alloclens::tracker::hooked {

int execv(const char* path, char* const* words);
int execve(const char* path, char* const* words, char* const* environment);
int execvp(const char* file, char* const* words);
int execvpe(const char* file, char* const* words, char* const* environment);
int execl(const char* path, const char* word, ...);
int execle(const char* path, const char* word, ...);
int execlp(const char* file, const char* word, ...);
int fexecve(int file, char* const* words, char* const* environment);
int system(const char* command);
FILE* popen(const char* command, const char* mode);
int posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions, const posix_spawnattr_t* attributes,
                char* const* words, char* const* environment);
int posix_spawnp(pid_t* pid, const char* file, const posix_spawn_file_actions_t* actions, const posix_spawnattr_t* attributes,
                 char* const* words, char* const* environment);

}  // namespace alloclens::tracker::hooked
