// The calling thread's PyThreadState, with which its walk begins.
#pragma once

#include <pthread.h>

#include "interpreter.hpp"
#include "tracker/this_thread.hpp"

namespace alloclens::tracker {

/// Before 3.12 the current state is the GIL's: another thread's, unless this one holds it, or a subinterpreter's, which
/// PyGILState does not know.
[[gnu::noinline]] inline const void* state_of_gil_holder(const Interpreter& interpreter, ThisThread& me, const void* current) {
    const void* const known = interpreter.this_thread_state();
    const bool ours = current && (current == known || field<pthread_t>(current, interpreter.layout().thread_id) == pthread_self());
    return me.python = ours ? current : known;
}

/// Null on a thread that Python does not know. The interpreter that runs now is found, not the one that the thread was made
/// by; while a thread waits without the GIL, it is the one that PyGILState knows.
inline const void* thread_state(const Interpreter& interpreter, ThisThread& me, bool holds_gil, bool current_is_own) {
    if (current_is_own) {
        const void* const current = interpreter.current_thread_state();
        return current ? current : interpreter.this_thread_state();
    }
    if (!holds_gil) return interpreter.this_thread_state();
    const void* const current = interpreter.current_thread_state();
    return current && current == me.python ? current : state_of_gil_holder(interpreter, me, current);
}

inline const void* thread_state(const Interpreter& interpreter, ThisThread& me, bool holds_gil) {
    return thread_state(interpreter, me, holds_gil, interpreter.current_is_own);
}

}  // namespace alloclens::tracker
