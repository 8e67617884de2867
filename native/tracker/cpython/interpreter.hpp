// The interpreter that this process runs: whether it can be tracked, and the few of its functions that are used.
// Nothing is linked: one library serves every version.
#pragma once

#include <cstddef>
#include <string>

#include "layout.hpp"

namespace alloclens::tracker {

/// PyMemAllocatorEx (PEP 445), unchanged since CPython 3.5.
struct PythonAllocator {
    void* context;
    void* (*malloc)(void* context, std::size_t size);
    void* (*calloc)(void* context, std::size_t count, std::size_t size);
    void* (*realloc)(void* context, void* block, std::size_t size);
    void (*free)(void* context, void* block);
};

struct Interpreter {
    std::size_t version_index = 0;  ///< into kLayouts
    /// Needs no GIL; null on a thread that Python does not know; the thread's own frames stand still meanwhile.
    /// _PyThreadState_UncheckedGet would return another thread's state on 3.8–3.11.
    void* (*this_thread_state)() = nullptr;
    void (*get_allocator)(int domain, PythonAllocator*) = nullptr;
    void (*set_allocator)(int domain, const PythonAllocator*) = nullptr;
    /// Of the thread that holds the GIL; from 3.12 on the calling thread's, null while it holds none.
    void* (*current_thread_state)() = nullptr;
    bool current_is_own = false;  ///< from 3.12 on
    void* code_type = nullptr;   ///< &PyCode_Type
    void* frame_type = nullptr;  ///< &PyFrame_Type
    void* loop = nullptr;        ///< _PyEval_EvalFrameDefault; null where it is hidden: then native stacks have it in them

    const Layout& layout() const { return kLayouts[version_index]; }
};

/// Fills `interpreter`. Empty when it can be tracked, else one sentence for the user.
std::string find_interpreter(Interpreter& interpreter);

}  // namespace alloclens::tracker
