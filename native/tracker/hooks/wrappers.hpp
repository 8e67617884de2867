// What is called in place of the C library's functions. Each calls the real one through our own import table, which is
// never patched.
#pragma once

#include <cstddef>
#include <cstdint>

#include <sys/types.h>

namespace alloclens::tracker::hooked {

// allocation_hooks.cpp
void* malloc(std::size_t size);
void* calloc(std::size_t count, std::size_t size);
void* realloc(void* block, std::size_t size);
void* reallocarray(void* block, std::size_t count, std::size_t size);
void free(void* block);
void cfree(void* block);
void free_sized(void* block, std::size_t size);
void free_aligned_sized(void* block, std::size_t alignment, std::size_t size);
int posix_memalign(void** block, std::size_t alignment, std::size_t size);
void* aligned_alloc(std::size_t alignment, std::size_t size);
void* memalign(std::size_t alignment, std::size_t size);
void* valloc(std::size_t size);
void* pvalloc(std::size_t size);

// mapping_hooks.cpp
void* mmap(void* address, std::size_t length, int protection, int flags, int fd, off_t offset);
int munmap(void* address, std::size_t length);
void* mremap(void* old_address, std::size_t old_length, std::size_t new_length, int flags, ...);
int mprotect(void* address, std::size_t length, int protection);
void* sbrk(std::intptr_t increment);
int brk(void* end);

// leaving_hooks.cpp
[[noreturn]] void exit(int status);
[[noreturn]] void abort();

}  // namespace alloclens::tracker::hooked
