// CPython's own allocators (PEP 445): the `mem` and `obj` domains. `raw` reaches malloc, which is hooked anyway.
#pragma once

#include "tracker/cpython/interpreter.hpp"

namespace alloclens::tracker {

void hook_python_allocators(const Interpreter& interpreter);
/// Whether calls come to our functions, also through another's. The GIL must be held.
bool python_allocators_stand(const Interpreter& interpreter);
/// Where another's functions were put above ours they stay, and so do ours, which then only pass on.
void unhook_python_allocators(const Interpreter& interpreter);

}  // namespace alloclens::tracker
