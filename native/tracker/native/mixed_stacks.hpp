// One stack of native and Python frames, in the order of their calls.
//
// A frame of the interpreter's loop stands for a run of Python frames: for one before 3.11, since 3.11 also for those that
// they called without leaving the loop. Its place is taken by that run. Which run belongs to which native frame is told
// from 3.12 on by the shim before each run, which lies on the C stack, in the loop's own frame. Before, runs and frames
// of the loop are counted from the innermost on.
//
// As in StackIds only what changed since the last walk is looked up again.
#pragma once

#include <cstdint>

#include "native_walk.hpp"
#include "tracker/recorder/stack_ids.hpp"

namespace alloclens::tracker {

class MixedStacks {
  public:
    void begin(const Interpreter& interpreter, std::uint32_t session);
    void end() {
        stacks_.clear();
        ++epoch_;
    }

    /// What NativeWalk must know to tell the loop; nothing where shims do.
    NativeWalk::Loop loop(const void* thread) const;

    /// Id of the stack that both walks hold together. Under the recorder's lock.
    std::uint32_t find(StackWalk& python, NativeWalk& native, StackIds& ids, EventStream& stream, Sources& sources);

  private:
    /// Where runs begin.
    enum class Runs : std::uint8_t {
        every_frame,    ///< before 3.11
        entry_frames,   ///< 3.11 marks the first frame of a run
        shims,          ///< from 3.12 on, with their addresses
    };
    struct Key {
        std::uint32_t parent = 0, object = 0;
        std::uintptr_t address = 0;
        bool operator==(const Key&) const = default;
        friend std::size_t hash(const Key& key) { return mix(key.address ^ static_cast<std::uint64_t>(key.parent) << 32); }
    };
    /// A stack that is being put together, and how many Python frames it has by now.
    struct Path {
        std::uint32_t stack = 0, python = 0;
    };

    /// What takes part in putting a stack together.
    struct Work {
        StackWalk& python;
        NativeWalk& native;
        StackIds& ids;
        EventStream& stream;
        Sources& sources;
    };

    bool begins_run(const Level& level) const;
    /// Appends the frames up to where the next run begins.
    void append_run(Path& path, const Work& work) const;
    void append(Path& path, NativeLevel& level, std::uintptr_t frame_begin, const Work& work);
    /// The same when shims tell the runs: true when the level was the loop.
    bool append_runs_of(Path& path, const NativeLevel& level, std::uintptr_t frame_begin, const Work& work) const;
    /// Brings the counts of runs and loops up to date; true when they no longer differ by what they did.
    bool recount(StackWalk& python, NativeWalk& native, std::uint32_t first_python) const;
    std::uint32_t native_stack(std::uint32_t parent, const NativeLevel& level, EventStream& stream);
    void tell_object(std::uint32_t number, EventStream& stream);

    Layout layout_ = kLayouts[0];
    Runs runs_ = Runs::every_frame;
    NativeWalk::Loop loop_;
    int cframe_ = 0;  ///< of 3.10 and 3.11: offset of the first mark in the thread's state, or 0
    std::uintptr_t loop_address_ = 0;  ///< lies in the interpreter's object
    std::uint32_t session_ = 0;
    std::uint32_t epoch_ = 0;
    std::uint32_t own_object_ = 0;
    IdTable<Key> stacks_;
};

}  // namespace alloclens::tracker
