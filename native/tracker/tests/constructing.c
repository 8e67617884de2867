/* A library whose constructor allocates while it is being loaded, and whose pointer to malloc is data. */
#include <stdlib.h>

static void *made;
void *(*constructing_malloc)(size_t) = malloc;

__attribute__((constructor)) static void construct(void) { made = malloc(123457); }
__attribute__((destructor)) static void destruct(void) { free(made); }

void *constructing_keep(size_t size) { return constructing_malloc(size); }
void constructing_release(void *block) { free(block); }
