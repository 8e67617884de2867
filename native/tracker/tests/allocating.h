/* The functions of allocating.c and allocating_cxx.cpp. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

void *keep_malloc(size_t size);
void *keep_calloc(size_t count, size_t size);
void *keep_realloc(void *block, size_t size);
void *keep_reallocarray(void *block, size_t count, size_t size);
void *keep_aligned_alloc(size_t alignment, size_t size);
void *keep_memalign(size_t alignment, size_t size);
void *keep_valloc(size_t size);
void *keep_pvalloc(size_t size);
void *keep_posix_memalign(size_t alignment, size_t size);
void *keep_strdup(const char *text);
void release(void *block);
void release_old(void *block);                             /* cfree */
int release_sized(void *block, size_t size);               /* free_sized; 0 when the C library has none */
int release_aligned_sized(void *block, size_t alignment, size_t size);
int failing_realloc(void *block);
int failing_calloc(void);
void *keep_malloc_by_name(size_t size);

void *call_mmap(void *address, size_t length, int protection, int flags, int fd);
void *keep_mapping(size_t length);                         /* anonymous, writable; NULL when it fails, as the next ones */
void *keep_fixed_mapping(void *address, size_t length);
void *keep_remapping(void *address, size_t before, size_t length);
void *call_mremap(void *address, size_t before, size_t length, int flags, void *target);
int release_mapping(void *address, size_t length);
int unmap_misaligned(void *address, size_t length);
int call_mprotect(void *address, size_t length, int protection);
void *call_sbrk(intptr_t increment);
int call_brk(void *end);

int allocate_in_threads(int threads, int rounds, size_t size);
int call_in_thread(void (*function)(void));
int allocate_while_thread_ends(size_t size);
void *open_by_name(const char *name);                      /* dlopen from the library: its search path counts */
void leave(int status);

void *keep_new(size_t size);
void *keep_new_aligned(size_t size);                       /* to 64 bytes */
void release_new(void *block);
void release_new_sized(void *block, size_t size);
void release_new_aligned(void *block);

#ifdef __cplusplus
}
#endif
