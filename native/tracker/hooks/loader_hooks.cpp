// The dynamic linker's functions, and leaving without exit handlers.
#include <dlfcn.h>
#include <unistd.h>

#include "caller_path.hpp"
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
    if (!recording()) return ::dlopen(file, mode);
    void* const handle = open_for(__builtin_return_address(0), file, mode);
    if (handle) patch_new_objects();
    return handle;
}

int dlclose(void* handle) {
    const int error = ::dlclose(handle);
    // What is loaded at the same address next must not count as patched.
    if (recording()) patch_new_objects();
    return error;
}

// The real dlsym takes what RTLD_NEXT means from its return address. So it must be *jumped* to: this function is
// optimised in every build, and nothing may stand behind that call.
[[gnu::optimize("O2")]] void* dlsym(void* handle, const char* name) {
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
