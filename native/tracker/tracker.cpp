#include "tracker.hpp"

#include "cpython/interpreter.hpp"
#include "hooks/fork.hpp"
#include "hooks/interposition.hpp"
#include "hooks/loader_lock.hpp"
#include "hooks/python_allocators.hpp"
#include "recorder/recorder.hpp"

#include <new>

#include <unistd.h>

namespace alloclens::tracker {
namespace {

Interpreter interpreter;
bool started = false;        // and not yet stopped; hooks are in place
Detail detail = Detail::system;

bool in_tracked_process() { return recorder::tracked_process() == ::getpid(); }

void unhook() {
    if (detail == Detail::objects) unhook_python_allocators(interpreter);
    restore();
}

std::string begin(const Options& options) {
    try {
        return recorder::begin(interpreter, {options.path, options.overwrite, options.metadata,
            options.parent_run_id, {options.follow_children, options.launcher, options.children_name},
            {options.standard_library, options.site_packages, options.hidden_folder}, options.sources,
            options.sample_interval_ms, options.native_stacks, options.memory_limit,
            options.memory_limit_refuses, options.current_thread_only, options.aggregate});
    } catch (const std::bad_alloc&) {
        return "The kernel has no memory left for a capture: nothing was begun.";
    }
}

}  // namespace

std::string check_interpreter() {
    Interpreter found;
    return find_interpreter(found);
}

std::string start(const Options& options) {
    if (started && in_tracked_process()) return "AllocLens is tracking this process already: stop that before you start again.";
    if (std::string refusal = find_interpreter(interpreter); !refusal.empty()) return refusal;
    if (!may_ask_loader()) return "This process was forked while another thread loaded a library, so the dynamic linker cannot be asked: nothing can be tracked here.";
    if (!find_real_functions()) return "AllocLens cannot read its own import table, so it cannot hook the allocator of this process.";
    watch_forks();
    const Inside inside;
    // All hooks stand before the first event: else a block could be recorded whose free is not.
    if (std::string sentence = interpose(); !sentence.empty()) return sentence;
    detail = options.detail;
    if (detail == Detail::objects) hook_python_allocators(interpreter);
    if (std::string sentence = begin(options); !sentence.empty()) {
        unhook();
        return sentence;
    }
    started = true;
    return {};
}

std::string stop(const End& end) {
    if (!started) return {};
    started = false;
    const bool unhooked = detail == Detail::objects && !python_allocators_stand(interpreter);
    const Inside inside;
    if (!in_tracked_process()) {  // a forked child: the capture is its parent's
        recorder::forget_forked_child();
        unhook();
        return {};
    }
    const std::string lost = recorder::finish({end.reason.c_str(), end.exit_status.has_value(), end.exit_status.value_or(0), unhooked});
    unhook();
    return lost;
}

bool active() { return started && in_tracked_process(); }

bool follow_context(const void* variable, std::int64_t hash, std::uint32_t present) {
    Interpreter found;
    return find_interpreter(found).empty() && recorder::follow_context(found, variable, hash, present);
}

std::uint32_t region(std::uint32_t parent, const std::string& name) { return recorder::region(parent, name); }

void region_changed(std::uint32_t entered) { recorder::region_changed(entered); }

std::string failure() { return recorder::failure(); }

}  // namespace alloclens::tracker
