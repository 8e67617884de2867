#include "code_objects.hpp"

#include <atomic>

namespace alloclens::tracker {
namespace {

using Dealloc = void (*)(void*);

constinit std::atomic<Dealloc> original{nullptr};
constinit std::atomic<void (*)(const char*)> listener{nullptr};
constinit Dealloc* slot = nullptr;

void code_dealloc(void* code) {
    if (const auto retired = listener.load(std::memory_order_acquire)) retired(static_cast<const char*>(code));
    original.load(std::memory_order_acquire)(code);
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
    slot = reinterpret_cast<Dealloc*>(static_cast<char*>(interpreter.code_type) + kTypeDealloc);
    listener.store(retired, std::memory_order_release);
    if (*slot == code_dealloc) return;  // left by a stop that found another's function above ours, or by a fork
    original.store(*slot, std::memory_order_release);
    __atomic_store_n(slot, &code_dealloc, __ATOMIC_RELEASE);
}

void forget_code_deaths() {
    listener.store(nullptr, std::memory_order_release);
    if (slot && *slot == code_dealloc) __atomic_store_n(slot, original.load(std::memory_order_acquire), __ATOMIC_RELEASE);
}

}  // namespace alloclens::tracker
