// What the interpreter exports, by name. The dynamic linker is asked: not under a lock of ours.
#pragma once

#include <dlfcn.h>

namespace alloclens::tracker {

/// False when there is none: then `pointer` is null.
template <class T>
bool find_exported(T& pointer, const char* name) {
    pointer = reinterpret_cast<T>(dlsym(RTLD_DEFAULT, name));
    return pointer != nullptr;
}

}  // namespace alloclens::tracker
