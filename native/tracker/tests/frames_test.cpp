// The walk against a model: frames made here as each CPython lays them out, pushed, popped and changed at random.
#include "tracker/cpython/frames.hpp"
#include "tracker/cpython/frame_objects.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

namespace alloclens::tracker {
namespace {

/// A thread's frames in memory, in chunks where the version has them. Few places, so that frames come and go at the same addresses, as in a real program.
class FakeThread {
  public:
    FakeThread(const Layout& layout, std::size_t places) : layout_(layout), places_(places) { set_top(); }

    bool can_push() const { return frames_.size() < places_; }
    std::size_t depth() const { return frames_.size(); }
    const char* frame(std::size_t index) const { return frames_[index]; }
    const void* state() const { return state_; }

    /// `by_code`: the frame below calls it without leaving the loop, and not through a function in C.
    void push(const char* code, std::uint32_t unit, bool shim, bool by_code = true) {
        char* frame = next_place();
        if (shim && frames_.size() % kPerChunk != 0) frame = place_on_c_stack(frame);
        by_code = by_code && !shim && !frames_.empty();
        by_code_.push_back(by_code);
        if (by_code) set_stack_top(frames_.back(), 3);
        set_stack_top(frame, 2);
        set_stack_top(frame, shim ? 0 : kExecuting);
        put(frame, layout_.previous, frames_.empty() ? nullptr : frames_.back());
        frames_.push_back(frame);
        if (layout_.owner != kNone) frame[layout_.owner] = shim ? kFirstShim : 0;
        set_code(code);
        set_unit(code, unit);
        set_top();
    }

    void pop() {
        if (layout_.stack_chunk == kNone) frame_died(frames_.back());
        set_stack_top(frames_.back(), 2);
        frames_.pop_back();
        if (by_code_.back()) set_stack_top(frames_.back(), kExecuting);
        by_code_.pop_back();
        if (layout_.stack_chunk != kNone && frames_.size() % kPerChunk == 0 && !frames_.empty()) pop_chunk();
        set_top();
    }

    void set_code(const char* code) {
        auto value = reinterpret_cast<std::uintptr_t>(code);
        if (layout_.version >= 0x030E) value |= 1;  // a tagged reference
        put(frames_.back(), layout_.code, value);
    }

    void set_unit(const char* code, std::uint32_t unit) {
        char* const frame = frames_.back();
        switch (layout_.kind) {
            case Instruction::byte_offset: put(frame, layout_.instruction, static_cast<std::int32_t>(unit) * 2 - 2 + (unit == 0)); break;
            case Instruction::unit_offset: put(frame, layout_.instruction, static_cast<std::int32_t>(unit) - 1); break;
            case Instruction::pointer: put(frame, layout_.instruction, code + layout_.bytecode + 2 * static_cast<std::int64_t>(unit) - 2); break;
        }
    }

  private:
    static constexpr std::size_t kFrameSize = 160, kPerChunk = 50;
    struct Chunk {
        alignas(16) char bytes[32 + kPerChunk * kFrameSize] = {};
    };

    /// As CPython's push_chunk: the field of a new chunk is zero, and that of the one below is set when it is covered. The
    /// first frame of all leaves a word free.
    char* next_place() {
        const std::size_t chunk = frames_.size() / kPerChunk, place = frames_.size() % kPerChunk;
        if (chunk >= memory_.size()) memory_.push_back(std::make_unique<Chunk>());
        char* const base = memory_[chunk]->bytes;
        if (place == 0) {
            char* const below = chunk ? memory_[chunk - 1]->bytes : nullptr;
            put(base, kChunkPrevious, below);
            put(base, kChunkTop, std::uint64_t{0});
            if (below) put(below, kChunkTop, std::uint64_t{kPerChunk * kFrameSize / 8});
            set_chunk(base);
        }
        return base + kChunkData + place * kFrameSize + (chunk == 0 ? 8 : 0);
    }

    /// Entries from C lie at other addresses now and then.
    char* place_on_c_stack(char* usual) {
        char* const place = &c_stack_[(entries_++ % 3) * kFrameSize];
        return std::find(frames_.begin(), frames_.end(), place) == frames_.end() ? place : usual;
    }

    void pop_chunk() {
        const char* const below = memory_[frames_.size() / kPerChunk - 1]->bytes;
        CHECK(field<std::uint64_t>(below, kChunkTop) == kPerChunk * kFrameSize / 8);  // the interpreter reads it now
        set_chunk(below);
    }

    void set_chunk(const char* chunk) {
        if (layout_.stack_chunk != kNone) put(state_, layout_.stack_chunk, chunk);
    }

    void set_stack_top(char* frame, std::int32_t value) {
        if (layout_.tells_execution()) put(frame, kStackTop, value);
    }

    template <class T>
    static void put(char* base, int offset, T value) {
        std::memcpy(base + offset, &value, sizeof value);
    }

    void set_top() {
        const char* const top = frames_.empty() ? nullptr : frames_.back();
        if (layout_.cframe_frame == kNone) {
            put(state_, layout_.thread_frame, top);
        } else {
            put(cframe_, layout_.cframe_frame, top);
            put(state_, layout_.thread_frame, cframe_);
        }
    }

    Layout layout_;
    std::vector<std::unique_ptr<Chunk>> memory_;
    std::size_t places_;
    std::size_t entries_ = 0;
    alignas(16) char c_stack_[3 * kFrameSize] = {};
    std::vector<char*> frames_;
    std::vector<bool> by_code_;
    char state_[512] = {};
    char cframe_[64] = {};
};

struct Call {
    const char* code;
    std::uint32_t unit;
    bool shim;
};

/// Ids of stacks as the recorder gives them: for what `changed` says is new, and no more.
class FakeIds {
  public:
    void resolve(StackWalk& walk, const Layout& layout) {
        std::uint32_t parent = walk.changed ? walk.levels[walk.changed - 1].stack : 0;
        for (; walk.changed < walk.count; ++walk.changed) {
            Level& level = walk.levels[walk.changed];
            level.stack = parent = find(parent, call_of(level, layout));
        }
    }

    static Call call_of(const Level& level, const Layout& layout) {
        const char* const code = frame_code(level.frame, layout);
        return {code, instruction_number(code, level.instruction, layout), !is_function(level.frame, layout)};
    }

    std::uint32_t find(std::uint32_t parent, const Call& call) {
        if (call.shim) return parent;
        return ids_.try_emplace({parent, call.code, call.unit}, static_cast<std::uint32_t>(ids_.size() + 1)).first->second;
    }

  private:
    std::map<std::tuple<std::uint32_t, const char*, std::uint32_t>, std::uint32_t> ids_;
};

}  // namespace

TEST_CASE("a walk finds the stack that is there, in every version, whatever was pushed and popped since the last one") {
    static char codes[8][512];
    for (std::size_t version = 0; version < kVersions; ++version) {
        const Layout& layout = kLayouts[version];
        CAPTURE(layout.version);
        StackWalk::choose_version(version);
        StackWalk* const walk = StackWalk::create();
        REQUIRE(walk);
        // Two, as greenlets have: their frames take turns on one thread.
        FakeThread threads[] = {FakeThread(layout, 600), FakeThread(layout, 600)};
        std::vector<Call> models[2];
        FakeIds ids;
        std::mt19937 random(static_cast<unsigned>(version) + 1);
        const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };

        for (int step = 0, running = 0; step < 60'000; ++step) {
            if (below(100) == 0) running = 1 - running;
            FakeThread& thread = threads[running];
            std::vector<Call>& model = models[running];
            for (unsigned changes = below(4); changes > 0; --changes) {
                // At times it goes down, at times it comes back up.
                if (below(5) < (step / 3000 % 2 ? 2u : 3u) && thread.can_push()) {
                    const bool shim = layout.owner != kNone && below(8) == 0;
                    // A shim's code slot holds something of its own.
                    model.push_back({shim ? codes[7] : codes[below(7)], below(4), shim});
                    thread.push(model.back().code, model.back().unit, shim, below(2));
                } else if (!model.empty()) {
                    for (unsigned pops = below(400) == 0 ? below(300) : below(40) == 0 ? below(20) : 1; pops > 0 && !model.empty(); --pops) {
                        model.pop_back();
                        thread.pop();
                    }
                }
            }
            if (!model.empty() && !model.back().shim && below(2)) {
                model.back().unit = below(6);
                thread.set_unit(model.back().code, model.back().unit);
            }
            if (below(3) == 0) continue;  // not every change is seen

            walk->read(thread.state());
            if (below(10) == 0) continue;  // tracking was turned off meanwhile: read, but not resolved
            ids.resolve(*walk, layout);
            REQUIRE(walk->count == model.size());
            std::uint32_t stack = 0;
            bool same = true;
            for (std::size_t i = 0; i < model.size(); ++i) {
                stack = ids.find(stack, model[i]);
                same = same && walk->levels[i].frame == thread.frame(i) && walk->levels[i].stack == stack;
            }
            REQUIRE(same);
        }
    }
}

TEST_CASE("a stack that is too deep is told by its innermost frames, and found whole again when it is not") {
    constexpr std::size_t kVersion = 3;
    static char code[512];
    StackWalk::choose_version(kVersion);
    StackWalk* const walk = StackWalk::create();
    REQUIRE(walk);
    FakeThread thread(kLayouts[kVersion], StackWalk::kMaxDepth + 1000);
    const auto read = [&] {
        walk->read(thread.state());
        walk->changed = walk->count;
    };
    while (thread.depth() < StackWalk::kMaxDepth) thread.push(code, 1, false);
    read();
    CHECK(walk->count == StackWalk::kMaxDepth);
    for (int i = 0; i < 700; ++i) {
        thread.push(code, 1, false);
        read();
        REQUIRE(walk->count == StackWalk::kShownOfTooDeep);
        REQUIRE(walk->levels[walk->count - 1].frame == thread.frame(thread.depth() - 1));
    }
    while (thread.depth() > 1000) thread.pop();
    read();
    CHECK(walk->count == 1000);
}

}  // namespace alloclens::tracker
