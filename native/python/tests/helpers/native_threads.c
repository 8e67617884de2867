/* Threads that Python did not make: with and without calls into it. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef void (*callback)(void);

/* Not static, and never optimised away: what is allocated is written to. */
void allocate(size_t size) {
    volatile char *block = malloc(size);
    if (block) block[0] = 1;
    free((void *)block);
}

static int in_thread(void *(*body)(void *), void *argument) {
    pthread_t id;
    return pthread_create(&id, NULL, body, argument) != 0 || pthread_join(id, NULL) != 0;
}

/* Calls in again and again: Python makes a thread state for each call and frees it after. Between the calls the thread
   asks for memory of its own. */
static void *calls_in(void *argument) {
    pthread_setname_np(pthread_self(), "calls in");
    for (int i = 0; i < 10; i++) {
        ((callback)argument)();
        allocate(1000000);
    }
    return NULL;
}
int call_in(callback function) { return in_thread(calls_in, (void *)function); }

static void *stays_out(void *argument) {
    for (int i = 0; i < 100; i++) allocate(*(size_t *)argument);
    pthread_setname_np(pthread_self(), "stayed out");
    return NULL;
}
int stay_out(size_t size) { return in_thread(stays_out, &size); }

static pthread_key_t key;
static void at_end(void *size) { allocate((size_t)size); }
static void *ends(void *size) {
    pthread_setspecific(key, size);
    return NULL;
}
/* The thread's last destructor allocates, and so does its first event. */
int allocate_at_thread_end(size_t size) {
    if (pthread_key_create(&key, at_end) != 0) return 1;
    return in_thread(ends, (void *)size);
}
