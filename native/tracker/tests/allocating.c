/* Native code for the tests in Python, called through ctypes: it allocates in known ways. Each function gives back what
   it took unless its name says otherwise, and returns 0 or a pointer. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "allocating.h"

void *keep_malloc(size_t size) { return malloc(size); }
void *keep_calloc(size_t count, size_t size) { return calloc(count, size); }
void *keep_realloc(void *block, size_t size) { return realloc(block, size); }
void *keep_reallocarray(void *block, size_t count, size_t size) { return reallocarray(block, count, size); }
void *keep_aligned_alloc(size_t alignment, size_t size) { return aligned_alloc(alignment, size); }
void *keep_memalign(size_t alignment, size_t size) { return memalign(alignment, size); }
void *keep_valloc(size_t size) { return valloc(size); }
void *keep_pvalloc(size_t size) { return pvalloc(size); }
void *keep_posix_memalign(size_t alignment, size_t size) {
    void *block = NULL;
    return posix_memalign(&block, alignment, size) == 0 ? block : NULL;
}
void *keep_strdup(const char *text) { return strdup(text); }
void release(void *block) { free(block); }

/* In every C library for programs of long ago, though nothing new can be linked with it. */
void old_free(void *block);
__asm__(".symver old_free, cfree@GLIBC_2.2.5");
void release_old(void *block) { old_free(block); }

/* C23; weak, for most C libraries have not got them yet. */
__attribute__((weak)) void free_sized(void *block, size_t size);
__attribute__((weak)) void free_aligned_sized(void *block, size_t alignment, size_t size);
int release_sized(void *block, size_t size) {
    if (!free_sized) return 0;
    free_sized(block, size);
    return 1;
}
int release_aligned_sized(void *block, size_t alignment, size_t size) {
    if (!free_aligned_sized) return 0;
    free_aligned_sized(block, alignment, size);
    return 1;
}

void *call_mmap(void *address, size_t length, int protection, int flags, int fd) {
    return mmap(address, length, protection, flags, fd, 0);
}
void *call_mremap(void *address, size_t before, size_t length, int flags, void *target) {
    return mremap(address, before, length, flags, target);
}
int call_mprotect(void *address, size_t length, int protection) { return mprotect(address, length, protection); }
void *call_sbrk(intptr_t increment) { return sbrk(increment); }
int call_brk(void *end) { return brk(end); }
void *keep_mapping(size_t length) {
    void *mapped = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mapped == MAP_FAILED ? NULL : mapped;
}
/* Replaces `length` bytes at `address`. */
void *keep_fixed_mapping(void *address, size_t length) {
    void *mapped = mmap(address, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    return mapped == MAP_FAILED ? NULL : mapped;
}
void *keep_remapping(void *address, size_t before, size_t length) {
    void *mapped = mremap(address, before, length, MREMAP_MAYMOVE);
    return mapped == MAP_FAILED ? NULL : mapped;
}
int release_mapping(void *address, size_t length) { return munmap(address, length); }
/* Fails, and must change nothing. */
int unmap_misaligned(void *address, size_t length) { return munmap((char *)address + 1, length) == -1 ? 0 : 1; }

/* A realloc that can't succeed: the block stays. */
int failing_realloc(void *block) { return realloc(block, SIZE_MAX / 2) == NULL ? 0 : 1; }
int failing_calloc(void) { return calloc(SIZE_MAX / 2, 3) == NULL ? 0 : 1; }

/* malloc found by name, as a just-in-time compiler finds it. */
void *keep_malloc_by_name(size_t size) {
    void *(*by_name)(size_t) = (void *(*)(size_t))dlsym(RTLD_DEFAULT, "malloc");
    return by_name(size);
}

struct work {
    int rounds;
    size_t size;
};

static void *allocate_and_free(void *argument) {
    const struct work *work = argument;
    for (int i = 0; i < work->rounds; i++) {
        char *block = malloc(work->size);
        if (!block) return block;
        memset(block, 1, work->size < 16 ? work->size : 16);
        free(block);
    }
    return NULL;
}

/* In threads that Python does not know, at the same time. */
int allocate_in_threads(int threads, int rounds, size_t size) {
    enum { MOST = 64 };
    pthread_t ids[MOST];
    struct work work = {rounds, size};
    if (threads > MOST) return 1;
    for (int i = 0; i < threads; i++) {
        if (pthread_create(&ids[i], NULL, allocate_and_free, &work) != 0) return 1;
    }
    for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
    return 0;
}

static void *call(void *function) {
    ((void (*)(void))function)();
    return NULL;
}

/* Calls Python from a thread of C. */
int call_in_thread(void (*function)(void)) {
    pthread_t id;
    if (pthread_create(&id, NULL, call, (void *)function) != 0) return 1;
    return pthread_join(id, NULL);
}

static pthread_key_t key;
static size_t destructor_size;

static void allocate_at_end(void *left) {
    free(malloc(destructor_size));
    if ((intptr_t)left > 1) pthread_setspecific(key, (void *)((intptr_t)left - 1));
}

static void *set_key(void *unused) {
    (void)unused;
    pthread_setspecific(key, (void *)3);
    free(malloc(destructor_size));
    return NULL;
}

/* Allocates four times `size`, three of them in destructors that run while the thread ends. */
int allocate_while_thread_ends(size_t size) {
    pthread_t id;
    destructor_size = size;
    if (pthread_key_create(&key, allocate_at_end) != 0) return 1;
    if (pthread_create(&id, NULL, set_key, NULL) != 0) return 1;
    pthread_join(id, NULL);
    return pthread_key_delete(key);
}

void *open_by_name(const char *name) { return dlopen(name, RTLD_NOW); }

/* Ends the process at once, without exit handlers. */
void leave(int status) { _exit(status); }
