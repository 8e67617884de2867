// Who answers when the program calls a hooked function.
//
// Two kinds of tables decide that. Objects that are loaded already have the function's address in their *import tables*:
// those are pointed to our wrapper. What is looked up from now on (by the dynamic linker for objects that are loaded
// later, before their constructors run, for calls that were never made before, and by dlsym) is found in the *symbol
// table* of the object that defines the function: there the symbol's value leads to our wrapper. So neither dlopen nor
// dlsym needs a hook, and they keep their caller's search path.
//
// Objects in link namespaces of their own (dlmopen) have their own C library and are left alone.
#pragma once

#include <string>

namespace alloclens::tracker {

/// Learns the real functions from our own import table. False when that can't be read.
bool find_real_functions();

/// Points the tables to the hooks; about 0.3 ms. Empty, or a sentence when the kernel forbids it; then nothing is hooked.
std::string interpose();

/// Points them back. No record is kept of what was changed, so an object that is gone does no harm.
void restore();

}  // namespace alloclens::tracker
