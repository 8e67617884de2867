// The name that a thread has in the program: its threading.Thread's. Before 3.14 the kernel is not told of it, and later
// its first 15 bytes.
//
// Nothing is hooked. A thread's outermost frame is Thread._bootstrap, whose only argument is the Thread object.
#pragma once

#include <cstdint>

#include "frames.hpp"
#include "instance_attribute.hpp"
#include "interpreter.hpp"

namespace alloclens::tracker {

class ThreadObjects {
  public:
    /// The GIL must be held.
    void begin(const Interpreter& interpreter);

    /// The level of the outermost Python function, `count` when there is none: from 3.12 on other frames stand before it.
    std::uint32_t outermost(const StackWalk& walk) const;

    /// Whether a thread with this outermost function began as a threading.Thread.
    bool began(const char* frame) const;

    /// The name of its Thread object, a str, or null when it can't be told now, for want of the GIL. The frame is on the
    /// calling thread's stack.
    const void* name(const char* frame, const void* thread) const;

  private:
    Interpreter interpreter_;
    AttributeReader name_;
    const void* str_type_ = nullptr;  ///< null when names can't be told
    void* (*interpreter_of_)(const void* thread) = nullptr;
    const void* main_interpreter_ = nullptr;
};

}  // namespace alloclens::tracker
