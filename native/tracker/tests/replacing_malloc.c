/* An allocator in the place of the C library's, for LD_PRELOAD: it takes its memory from mmap and brk, and its functions
   call each other, through the import table, as such libraries do. Nothing of that is a request of the program. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct header {
    void *mapped;
    size_t length;
    size_t size;
    size_t unused;
};

void *memalign(size_t alignment, size_t size);
void free(void *block);

static struct header *header_of(void *block) { return (struct header *)block - 1; }

void *malloc(size_t size) { return memalign(16, size); }

void *memalign(size_t alignment, size_t size) {
    size_t length = size + alignment + sizeof(struct header);
    if (length < size || size > PTRDIFF_MAX) {
        errno = ENOMEM;
        return NULL;
    }
    void *mapped = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return NULL;
    sbrk(16);
    if (alignment < sizeof(struct header)) alignment = sizeof(struct header);
    char *block = (char *)(((uintptr_t)mapped + sizeof(struct header) + alignment - 1) / alignment * alignment);
    *header_of(block) = (struct header){mapped, length, size, 0};
    return block;
}

void free(void *block) {
    if (block) munmap(header_of(block)->mapped, header_of(block)->length);
}
void cfree(void *block) { free(block); }
void free_sized(void *block, size_t size) {
    (void)size;
    free(block);
}
void free_aligned_sized(void *block, size_t alignment, size_t size) {
    (void)alignment;
    free_sized(block, size);
}

void *calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return malloc(bytes);
}

void *realloc(void *block, size_t size) {
    if (block && size == 0) {
        free(block);
        return NULL;
    }
    void *moved = malloc(size);
    if (moved && block) {
        size_t before = header_of(block)->size;
        memcpy(moved, block, before < size ? before : size);
        free(block);
    }
    return moved;
}

void *reallocarray(void *block, size_t count, size_t size) {
    size_t bytes;
    if (!__builtin_mul_overflow(count, size, &bytes)) return realloc(block, bytes);
    errno = ENOMEM;
    return NULL;
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **block, size_t alignment, size_t size) {
    *block = aligned_alloc(alignment, size);
    return *block ? 0 : ENOMEM;
}
void *valloc(size_t size) { return memalign(4096, size); }
void *pvalloc(size_t size) { return valloc((size + 4095) / 4096 * 4096); }
