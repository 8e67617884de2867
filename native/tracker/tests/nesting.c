/* For native_walk_test.cpp: functions with every kind of frame that compilers make, which call each other. It is built
   with optimisation and without frame pointers. */
#include <alloca.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef void (*Visit)(void *data, int depth);
typedef int (*Choose)(void *data);

struct Walk {
    Visit visit;
    Choose choose;
    void *data;
};

static int step(struct Walk *walk, int depth);

/* Keeps the compiler from turning a last call into a jump, and a frame from being empty. */
#define KEEP(value) asm volatile("" : "+r"(value) : : "memory")

static __attribute__((noinline)) int plain(struct Walk *walk, int depth) {
    int result = step(walk, depth) + 1;
    KEEP(result);
    return result;
}

static __attribute__((noinline)) int large(struct Walk *walk, int depth) {
    char space[5000];
    memset(space, depth, sizeof space);
    asm volatile("" : : "r"(space) : "memory");
    int result = step(walk, depth) + space[17];
    KEEP(result);
    return result;
}

/* Sized when it runs: the frame is told by rbp. */
static __attribute__((noinline)) int growing(struct Walk *walk, int depth) {
    char *space = alloca((size_t)(depth % 7) * 100 + 8);
    space[0] = (char)depth;
    asm volatile("" : : "r"(space) : "memory");
    int result = step(walk, depth) + space[0];
    KEEP(result);
    return result;
}

/* Aligned beyond the stack's own alignment: the frame is told by what lies in it. */
static __attribute__((noinline)) int aligned(struct Walk *walk, int depth) {
    _Alignas(128) char space[256];
    char *more = alloca((size_t)(depth % 5) * 40 + 8);
    space[3] = more[0] = (char)depth;
    asm volatile("" : : "r"(space), "r"(more) : "memory");
    int result = step(walk, depth) + space[3] + more[0];
    KEEP(result);
    return result;
}

static struct Walk *sorting;
static int sorting_depth;
static int compare(const void *a, const void *b) {
    if (sorting) {
        struct Walk *walk = sorting;
        sorting = NULL;
        step(walk, sorting_depth);
    }
    return *(const int *)a - *(const int *)b;
}

/* Through the C library. */
static __attribute__((noinline)) int through_library(struct Walk *walk, int depth) {
    int numbers[2] = {depth, 1};
    sorting = walk;
    sorting_depth = depth;
    qsort(numbers, 2, sizeof numbers[0], compare);
    return numbers[0];
}

static struct Walk *interrupted;
static int interrupted_depth;
static void handle(int number) {
    (void)number;
    struct Walk *walk = interrupted;
    interrupted = NULL;
    if (walk) step(walk, interrupted_depth);
}

/* Through a signal handler. */
static __attribute__((noinline)) int through_signal(struct Walk *walk, int depth) {
    interrupted = walk;
    interrupted_depth = depth;
    raise(SIGUSR1);
    return depth;
}

static int step(struct Walk *walk, int depth) {
    int result = 0;
    if (depth == 0) return result;
    walk->visit(walk->data, depth);
    for (;;) {
        switch (walk->choose(walk->data)) {
            case 0: result += plain(walk, depth - 1); break;
            case 1: result += large(walk, depth - 1); break;
            case 2: result += growing(walk, depth - 1); break;
            case 3: result += aligned(walk, depth - 1); break;
            case 4: result += through_library(walk, depth - 1); break;
            case 5: result += through_signal(walk, depth - 1); break;
            case 6: walk->visit(walk->data, depth); break;
            default: KEEP(result); return result;
        }
    }
}

/* Calls `visit` at depths from `depth` down, as `choose` wants to go on. */
int nest(Visit visit, Choose choose, void *data, int depth) {
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_NODEFER}, before;
    sigaction(SIGUSR1, &action, &before);
    struct Walk walk = {visit, choose, data};
    int result = step(&walk, depth);
    sigaction(SIGUSR1, &before, NULL);
    KEEP(result);
    return result;
}
