// Memory for C++ objects inside the hooks: `new` and `delete` of this library (operator_new.cpp), in pages of its own.
//
// The reader of our own events (own_reader.hpp) is made of containers. malloc must not be called for them: a hook may
// have been called from inside an allocator that holds its lock (one that replaces the C library's maps its memory
// through our hook), and the program's heap would not be laid out as without us.
#pragma once

#include <cstddef>

namespace alloclens::tracker {

/// Null when there is none. `alignment` is a power of two.
void* take_own_memory(std::size_t size, std::size_t alignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__);
void give_back_own_memory(void* block);

/// Around fork: no other thread may be in the middle of an allocation. In a child where one may be, what lay free is lost.
void hold_own_memory();
void release_own_memory();
void inherit_own_memory();

}  // namespace alloclens::tracker
