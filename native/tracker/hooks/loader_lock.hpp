// Whether the dynamic linker can be asked in a forked child.
//
// fork(2) copies its lock as it is. When another thread was loading or unloading a library at that moment, the lock is held
// in the child by a thread that is not there, and who asks for the list of loaded objects waits for ever (the C library
// gives back one of the linker's two locks, the other one it leaves). The lock has no name: it is looked for in the linker's
// data while it is held.
#pragma once

namespace alloclens::tracker {

/// Once a process, before it forks.
void find_loader_lock();

/// In a forked child: to be asked once, before another thread is there.
void look_at_loader_lock_in_child();

/// False in a forked child that would wait for ever.
bool may_ask_loader();

}  // namespace alloclens::tracker
