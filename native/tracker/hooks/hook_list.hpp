// Which functions of the C library are hooked.
#pragma once

#include <cstddef>

namespace alloclens::tracker {

struct Hook {
    const char* name;
    void* wrapper;
    bool optional = false;  ///< not every C library has it
    void* real = nullptr;   ///< as the dynamic linker resolved it for us; null: there is none
};

extern Hook hooks[];
extern const std::size_t kHooks;

/// Null when `name` is not hooked.
Hook* find_hook(const char* name);

}  // namespace alloclens::tracker
