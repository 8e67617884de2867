// The dynamic linker's functions, and leaving without exit handlers.
//
// dlopen and dlsym find out who called them (its RUNPATH, its namespace, what RTLD_NEXT is), from the return address. So
// the real ones must be *jumped* to: this file is always optimised, and nothing may stand behind those calls.
#include <dlfcn.h>
#include <unistd.h>

#include "hook_list.hpp"
#include "import_tables.hpp"
#include "tracker/recorder.hpp"
#include "wrappers.hpp"

namespace alloclens::tracker::hooked {
namespace {

[[gnu::noinline]] void* dlsym_of_hooked(void* handle, const char* name, const Hook& hook) {
    void* const found = ::dlsym(handle, name);
    return found == hook.real ? hook.wrapper : found;
}

}  // namespace

void* dlopen(const char* file, int mode) {
    // Its import tables are patched at this thread's next event: its constructors or, soon, its first use.
    if (recording()) this_thread.guard = Guard::library_opened;
    return ::dlopen(file, mode);
}

int dlclose(void* handle) {
    const int error = ::dlclose(handle);
    // What is loaded at the same address next must not count as patched.
    if (recording()) patch_new_objects();
    return error;
}

void* dlsym(void* handle, const char* name) {
    const Hook* hook = nullptr;
    if (!recording() || handle == RTLD_NEXT || !(hook = find_hook(name))) return ::dlsym(handle, name);
    return dlsym_of_hooked(handle, name, *hook);
}

void exit(int status) {
    // A vfork child shares our memory, not our process: it ends alone.
    if (recording() && ::getpid() == recorder::tracked_process()) recorder::finish_soon({"exit", true, status & 0xFF});
    ::_exit(status);
}

}  // namespace alloclens::tracker::hooked
