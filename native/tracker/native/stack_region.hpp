// The mapping that a thread's stack lies in: a walk reads nothing outside it, however wrong it may go.
#pragma once

#include <cstdint>

namespace alloclens::tracker {

struct StackRegion {
    std::uintptr_t begin = 0, end = 0;
    bool contains(std::uintptr_t address) const { return address >= begin && address < end; }
};

/// The one around `address`; an empty one when the kernel does not tell. Makes system calls, takes no lock and no memory:
/// a thread's first event may come from a signal handler.
StackRegion find_stack_region(std::uintptr_t address);

}  // namespace alloclens::tracker
