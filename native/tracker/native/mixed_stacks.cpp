#include "mixed_stacks.hpp"

#include <cstring>

#include "core/format/layout.hpp"

namespace alloclens::tracker {
namespace {

// Of 3.10 and 3.11, whose frames of the loop have a CFrame each; offsets_generator.c prints them.
constexpr int kEntryFlag = 68;  ///< 3.11: _PyInterpreterFrame.is_entry
struct CFrames {
    std::uint16_t version;
    int first;     ///< PyThreadState.cframe
    int previous;  ///< CFrame.previous
};
constexpr CFrames kCFrames[] = {{0x030a, 48, 8}, {0x030b, 56, 16}};

}  // namespace

void MixedStacks::begin(const Interpreter& interpreter, std::uint32_t session) {
    end();
    session_ = session;
    own_object_ = return_places.own_object();
    layout_ = interpreter.layout();
    const std::uint16_t version = layout_.version;
    runs_ = version < 0x030b ? Runs::every_frame : version < 0x030c ? Runs::entry_frames : Runs::shims;
    loop_address_ = reinterpret_cast<std::uintptr_t>(interpreter.loop);
    loop_ = {};
    cframe_ = 0;
    if (runs_ == Runs::shims) return;
    loop_.function = loop_address_;
    for (const CFrames& frames : kCFrames) {
        if (frames.version != version) continue;
        cframe_ = frames.first;
        loop_.previous_mark = frames.previous;
    }
}

NativeWalk::Loop MixedStacks::loop(const void* thread) const {
    NativeWalk::Loop loop = loop_;
    if (cframe_ && thread) loop.mark = field<const void*>(thread, cframe_);
    return loop;
}

std::uint32_t MixedStacks::find(StackWalk& python, NativeWalk& native, StackIds& ids, EventStream& stream, Sources& sources) {
    const Work work{python, native, ids, stream, sources};
    ids.refresh(python);
    if (native.epoch != epoch_) [[unlikely]] {
        native.epoch = epoch_;
        native.changed = 0;
    }
    // A run goes on with a new frame right behind it, too.
    std::uint32_t first = native.changed;
    const std::uint32_t changed = python.changed < python.count ? python.changed : python.changed + 1;
    while (first > 0 && native.levels[first - 1].python_end >= changed) --first;
    if (runs_ != Runs::shims && recount(python, native, first ? native.levels[first - 1].python_end : 0)) first = 0;

    Path path;
    if (first == 0) {
        for (std::int64_t run = native.extra_loops; run < 0; ++run) append_run(path, work);
    } else {
        path = {native.levels[first - 1].stack, native.levels[first - 1].python_end};
    }
    for (std::uint32_t i = first; i < native.count; ++i) {
        append(path, native.levels[i], i + 1 < native.count ? native.levels[i + 1].frame_end : native.top, work);
    }
    while (path.python < python.count) append_run(path, work);
    python.changed = python.count;
    native.changed = native.count;
    return path.stack;
}

void MixedStacks::append(Path& path, NativeLevel& level, std::uintptr_t frame_begin, const Work& work) {
    bool is_loop = false;
    if (runs_ == Runs::shims) {
        is_loop = append_runs_of(path, level, frame_begin, work);
    } else if (level.interpreter_loop && level.loops > work.native.extra_loops && path.python < work.python.count) {
        append_run(path, work);
        is_loop = true;
    }
    if (level.object == own_object_ && own_object_ != 0) {
        path.stack = 0;  // the launcher runs the program: what is older is not the program's
    } else if (!is_loop) {
        path.stack = native_stack(path.stack, level, work.stream);
    }
    level.stack = path.stack;
    level.python_end = path.python;
}

bool MixedStacks::append_runs_of(Path& path, const NativeLevel& level, std::uintptr_t frame_begin, const Work& work) const {
    bool is_loop = false;
    while (path.python < work.python.count) {
        const Level& next = work.python.levels[path.python];
        const auto shim = reinterpret_cast<std::uintptr_t>(next.frame);
        const bool on_stack = !is_function(next.frame, layout_) && shim >= work.native.top;
        if (on_stack && shim < frame_begin) break;
        is_loop |= on_stack && shim < level.frame_end;
        append_run(path, work);  // also one without a shim on this stack, whose native frames could not be read
    }
    return is_loop;
}

bool MixedStacks::begins_run(const Level& level) const {
    switch (runs_) {
        case Runs::every_frame: return true;
        case Runs::entry_frames: return field<bool>(level.frame, kEntryFlag);
        case Runs::shims: return !is_function(level.frame, layout_);
    }
    return true;
}

void MixedStacks::append_run(Path& path, const Work& work) const {
    StackWalk& python = work.python;
    do {
        if (path.python == python.count) return;
        path.stack = work.ids.step(path.stack, python.levels[path.python], work.stream, work.sources);
        ++path.python;
    } while (path.python < python.count && !begins_run(python.levels[path.python]));
}

bool MixedStacks::recount(StackWalk& python, NativeWalk& native, std::uint32_t first_python) const {
    // A level's `stack` is free here: it holds how many runs there are up to it.
    for (std::uint32_t i = first_python; i < python.count && runs_ == Runs::entry_frames; ++i) {
        python.levels[i].stack = (i ? python.levels[i - 1].stack : 0) + (i == 0 || begins_run(python.levels[i]));
    }
    for (std::uint32_t i = native.changed; i < native.count; ++i) {
        native.levels[i].loops = (i ? native.levels[i - 1].loops : 0) + native.levels[i].interpreter_loop;
    }
    const std::int64_t runs = runs_ == Runs::every_frame || python.count == 0 ? python.count : python.levels[python.count - 1].stack;
    const std::int64_t loops = native.count ? native.levels[native.count - 1].loops : 0;
    if (loops - runs == native.extra_loops) return false;
    native.extra_loops = loops - runs;
    return true;
}

std::uint32_t MixedStacks::native_stack(std::uint32_t parent, const NativeLevel& level, EventStream& stream) {
    auto* const entry = stacks_.find_or_add({parent, level.object, level.address});
    if (!entry) [[unlikely]] return parent;
    if (entry->id == 0) [[unlikely]] {
        std::uintptr_t base = 0;
        if (level.object) {
            tell_object(level.object, stream);
            base = return_places.object(level.object).base;
        }
        entry->id = stream.define_native_stack(parent, level.object, level.address - base);
    }
    return entry->id;
}

void MixedStacks::tell_object(std::uint32_t number, EventStream& stream) {
    LoadedObject& object = return_places.object(number);
    if (object.told_in == session_) return;
    object.told_in = session_;
    format::ModuleHeader header{};
    header.id = number;
    header.base = object.base;
    header.begin = object.begin;
    header.end = object.end;
    header.flags = object.contains(loop_address_) ? format::kModuleInterpreter : 0u;
    header.build_id_length = object.build_id_size;
    header.path_length = static_cast<std::uint32_t>(std::strlen(object.path));
    stream.module(header, object.build_id, object.path);
}

}  // namespace alloclens::tracker
