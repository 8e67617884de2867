#include "interpreter.hpp"

#include <cstdio>
#include <cstring>

#include <dlfcn.h>

#include "exported.hpp"

namespace alloclens::tracker {
namespace {

constexpr char kSupported[] = "AllocLens tracks CPython 3.8 to 3.15 on Linux x86-64";
constexpr char kAdvice[] = "choose another interpreter.";

bool exports(const char* name) { return dlsym(RTLD_DEFAULT, name) != nullptr; }

std::string refusal(const std::string& what) { return std::string(kSupported) + "; this is " + what + ": " + kAdvice; }

/// Where _Py_DebugOffsets (3.13 on, at the start of _PyRuntime) keeps each offset: the struct grows with every version.
struct DebugOffsets {
    std::uint16_t version;
    int current_frame, previous, executable, instruction, owner, file, name, qualname, line_table, first_line, bytecode;
};
constexpr DebugOffsets kDebugOffsets[] = {
    {0x030d, 184, 232, 240, 248, 264, 280, 288, 296, 304, 312, 344},
    {0x030e, 208, 256, 264, 272, 288, 320, 328, 336, 344, 352, 384},
    {0x030f, 208, 320, 328, 336, 352, 384, 392, 400, 408, 416, 448},
};

/// The interpreter's own word on its layout must be ours, or every stack would be wrong.
bool agrees(const Layout& layout, const void* runtime) {
    for (const DebugOffsets& places : kDebugOffsets) {
        if (places.version != layout.version) continue;
        if (std::memcmp(runtime, "xdebugpy", 8) != 0 || field<std::uint64_t>(runtime, 8) >> 16 != layout.version) return false;
        const auto told = [runtime](int place) { return static_cast<int>(field<std::uint64_t>(runtime, place)); };
        Layout said = layout;
        said.thread_frame = told(places.current_frame);
        said.previous = told(places.previous);
        said.code = told(places.executable);
        said.instruction = told(places.instruction);
        said.owner = told(places.owner);
        said.file = told(places.file);
        said.name = told(places.qualname);
        said.line_table = told(places.line_table);
        said.first_line = told(places.first_line);
        said.bytecode = told(places.bytecode);
        return said == layout;
    }
    return true;  // older: it tells nothing
}

}  // namespace

std::string find_interpreter(Interpreter& interpreter) {
    const char* (*version_text)() = nullptr;
    if (!find_exported(version_text, "Py_GetVersion")) return refusal("not CPython");
    const char* const text = version_text();
    unsigned major = 0, minor = 0;
    if (std::strstr(text, "PyPy") || std::sscanf(text, "%u.%u", &major, &minor) != 2) return refusal("not CPython");

    std::size_t index = 0;
    while (index < kVersions && kLayouts[index].version != (major << 8 | minor)) ++index;
    if (index == kVersions) return refusal("Python " + std::to_string(major) + "." + std::to_string(minor));
    const std::string name = "Python " + std::to_string(major) + "." + std::to_string(minor);

    // Each is a function that only such a build exports.
    if (exports("_Py_NegativeRefcount") || exports("PyModule_Create2TraceRefs")) return refusal("a debug build of " + name);
    const void* const runtime = dlsym(RTLD_DEFAULT, "_PyRuntime");
    const bool tells = kLayouts[index].version >= kDebugOffsets[0].version;
    const bool free_threaded = tells && runtime && std::memcmp(runtime, "xdebugpy", 8) == 0 && field<std::uint64_t>(runtime, 16);
    if (free_threaded || exports("_Py_MergeZeroLocalRefcount")) return refusal("a free-threaded build of " + name);
    if (tells && runtime && !agrees(kLayouts[index], runtime)) {
        return refusal("a build of " + name + " whose frames are laid out differently");
    }

    interpreter.version_index = index;
    interpreter.current_is_own = kLayouts[index].current_is_own();
    if (!find_exported(interpreter.this_thread_state, "PyGILState_GetThisThreadState") ||
        !find_exported(interpreter.get_allocator, "PyMem_GetAllocator") || !find_exported(interpreter.set_allocator, "PyMem_SetAllocator") ||
        !find_exported(interpreter.code_type, "PyCode_Type") || !find_exported(interpreter.frame_type, "PyFrame_Type") ||
        (!find_exported(interpreter.current_thread_state, "PyThreadState_GetUnchecked") &&
         !find_exported(interpreter.current_thread_state, "_PyThreadState_UncheckedGet"))) {
        return refusal("a build of " + name + " that hides functions which AllocLens needs");
    }
    find_exported(interpreter.loop, "_PyEval_EvalFrameDefault");
    return {};
}

}  // namespace alloclens::tracker
