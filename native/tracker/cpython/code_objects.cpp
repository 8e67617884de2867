#include "code_objects.hpp"

#include <atomic>

#include "dealloc_hook.hpp"

namespace alloclens::tracker {
namespace {

constinit DeallocHook hook;
constinit std::atomic<void (*)(const char*)> listener{nullptr};

void code_dealloc(void* code) {
    if (const auto retired = listener.load(std::memory_order_acquire)) retired(static_cast<const char*>(code));
    hook.pass_on(code);
}

}  // namespace

CodeFacts read_code(const char* code, const Layout& layout) {
    CodeFacts facts;
    facts.file = read_str(field<const void*>(code, layout.file), layout);
    facts.name = read_str(field<const void*>(code, layout.name), layout);
    facts.first_line = field<std::uint32_t>(code, layout.first_line);
    if (const char* const table = field<const char*>(code, layout.line_table)) {
        facts.lines = table + kBytesData;
        facts.lines_length = field<std::size_t>(table, kBytesLength);
    }
    return facts;
}

void watch_code_deaths(const Interpreter& interpreter, void (*retired)(const char*)) {
    listener.store(retired, std::memory_order_release);
    hook.place(interpreter.code_type, code_dealloc);
}

void forget_code_deaths() {
    listener.store(nullptr, std::memory_order_release);
    hook.remove();
}

}  // namespace alloclens::tracker
