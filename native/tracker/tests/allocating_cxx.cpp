// operator new and delete of the C++ library, for the tests: see allocating.c.
#include <new>

#include "allocating.h"

extern "C" {

void* keep_new(size_t size) { return ::operator new(size); }
void* keep_new_aligned(size_t size) { return ::operator new(size, std::align_val_t{64}); }
void release_new(void* block) { ::operator delete(block); }
void release_new_sized(void* block, size_t size) { ::operator delete(block, size); }
void release_new_aligned(void* block) { ::operator delete(block, std::align_val_t{64}); }

}
