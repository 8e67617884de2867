// Threads as the capture knows them: their ids, walks and names.
#pragma once

#include "tracker/this_thread.hpp"

namespace alloclens::tracker {

class StackWalk;

/// Once for the process: what happens when a thread ends. False when the process has no key for thread storage left.
bool watch_thread_ends();

/// A thread's first event of a capture: its walk, its id. It has no walk when there is no memory, or it is ending.
void meet_thread(ThisThread& me);

// A thread may be renamed at any time. Its name is looked at now and then, by the kernel's alone when its present stack is
// not known, and by its Thread object's whenever its stack is low: there threads name themselves, and there they end.
// Under the lock.

/// Tells the capture when the thread has another name now.
void tell_name(ThisThread& me, const StackWalk* walk);
void look_at_thread_object(ThisThread& me, const StackWalk& walk);

}  // namespace alloclens::tracker
