#include "thread_object.hpp"

#include <cstdint>
#include <string_view>

#include "code_objects.hpp"
#include "exported.hpp"

namespace alloclens::tracker {
namespace {

constexpr int kType = 8;

std::string_view view(const Text& text) { return {static_cast<const char*>(text.data), text.data ? text.bytes : 0}; }

}  // namespace

void ThreadObjects::begin(const Interpreter& interpreter) {
    interpreter_ = interpreter;
    void* (*main_interpreter)() = nullptr;
    if (!name_.begin(interpreter, "_name") || !find_exported(str_type_, "PyUnicode_Type")) return;
    // From 3.12 on an interpreter may have a GIL of its own: its threads must not touch our str. They keep the kernel's names.
    if (find_exported(interpreter_of_, "PyThreadState_GetInterpreter") && find_exported(main_interpreter, "PyInterpreterState_Main")) {
        main_interpreter_ = main_interpreter();
    }
}

std::uint32_t ThreadObjects::outermost(const StackWalk& walk) const {
    std::uint32_t level = 0;
    while (level < walk.count && (walk.too_deep || !is_function(walk.levels[level].frame, interpreter_.layout()))) ++level;
    return level;
}

bool ThreadObjects::began(const char* frame) const {
    if (!str_type_) return false;
    const Layout& layout = interpreter_.layout();
    const CodeFacts facts = read_code(frame_code(frame, layout), layout);
    const std::string_view name = view(facts.name);
    return (name == "Thread._bootstrap" || name == "_bootstrap") && view(facts.file).ends_with("/threading.py");
}

const void* ThreadObjects::name(const char* frame, const void* thread) const {
    const bool holds_gil = thread && interpreter_.current_thread_state() == thread;
    if (!holds_gil || (main_interpreter_ && interpreter_of_(thread) != main_interpreter_)) return nullptr;
    const auto argument = field<std::uintptr_t>(frame, interpreter_.layout().locals) & ~kTagBits;
    auto* const object = reinterpret_cast<void*>(argument);
    const void* const name = object ? name_.read(object) : nullptr;
    return name && field<const void*>(name, kType) == str_type_ ? name : nullptr;
}

}  // namespace alloclens::tracker
