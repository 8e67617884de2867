// Gives ids to code objects and stacks, and tells the capture of each new one. Under the recorder's lock.
#pragma once

#include <array>
#include <cstdint>

#include "tracker/cpython/code_objects.hpp"
#include "tracker/cpython/frames.hpp"
#include "tracker/id_table.hpp"
#include "tracker/stack_tree.hpp"
#include "tracker/writer/event_stream.hpp"
#include "tracker/writer/line_tables.hpp"
#include "tracker/writer/sources.hpp"

namespace alloclens::tracker {

class StackIds {
  public:
    void begin(const Layout& layout) {
        layout_ = layout;
        end();
    }
    void end() {
        near_ = {};
        codes_.clear();
        stacks_.clear();
        ++epoch_;
    }

    /// Id of the stack that `walk` holds. Nearly always one level has changed, to what it was shortly before.
    std::uint32_t find(StackWalk& walk, EventStream& stream, Sources& sources) {
        refresh(walk);
        Level* level = walk.levels + walk.changed;
        Level* const end = walk.levels + walk.count;
        for (; level != end; ++level) {
            const std::uint32_t parent = level[-1].stack;
            if (level->parent == parent) continue;
            level->stack = step(parent, *level, stream, sources);
            level->parent = parent;
        }
        walk.changed = walk.count;
        return level[-1].stack;
    }

    /// The same as long as all ids were given lately. False when not: then `find` goes on.
    [[gnu::always_inline]] bool find_quickly(StackWalk& walk, std::uint32_t& stack) {
        Level* level = walk.levels + walk.changed;
        Level* const end = walk.levels + walk.count;
        if (walk.epoch != epoch_) [[unlikely]] return false;
        for (; level != end; ++level) {
            const std::uint32_t parent = level[-1].stack;
            if (level->parent == parent) continue;
            const Near& near = near_[near_place(parent, *level)];
            if (!near.is(path(parent), *level)) [[unlikely]] return false;
            level->stack = near.stack;
            level->parent = parent;
        }
        walk.changed = walk.count;
        stack = level[-1].stack;
        return true;
    }

    /// Forgets what the walk holds of ids that are no longer true.
    void refresh(StackWalk& walk) {
        if (walk.epoch != epoch_) [[unlikely]] forget_ids(walk);
    }

    /// Id of the stack `parent` with the frame `level` on it.
    std::uint32_t step(std::uint32_t parent, const Level& level, EventStream& stream, Sources& sources) {
        Near& near = near_[near_place(parent, level)];
        if (!near.is(path(parent), level)) near = {level.code, level.instruction, path(parent), look_up(parent, level, stream, sources)};
        return near.stack;
    }

    /// A code object dies: the next one at its address is another. All threads then look their codes up anew.
    void retire(const char* code) {
        if (codes_.erase({code})) ++epoch_;
    }

  private:
    struct CodeKey {
        const char* code = nullptr;
        bool operator==(const CodeKey&) const = default;
        friend std::size_t hash(const CodeKey& key) { return mix(reinterpret_cast<std::uintptr_t>(key.code)); }
    };
    /// The ids that were given lately, by what a frame itself holds: one multiplication instead of two tables.
    struct Near {
        const char* code;
        std::uint64_t instruction;
        std::uint64_t path;  ///< epoch and parent
        std::uint32_t stack;

        bool is(std::uint64_t wanted, const Level& level) const {
            return instruction == level.instruction && path == wanted && code == level.code;
        }
    };
    std::uint64_t path(std::uint32_t parent) const { return static_cast<std::uint64_t>(epoch_) << 32 | parent; }
    static constexpr unsigned kNearBits = 11;

    static std::size_t near_place(std::uint32_t parent, const Level& level) {
        const std::uint64_t here = reinterpret_cast<std::uintptr_t>(level.code) + (level.instruction << 3);
        return static_cast<std::size_t>((here ^ (static_cast<std::uint64_t>(parent) << 24)) * 0x9E3779B97F4A7C15ull >> (64 - kNearBits));
    }

    [[gnu::noinline]] std::uint32_t look_up(std::uint32_t parent, const Level& level, EventStream& stream, Sources& sources) {
        if (!is_function(level.frame, layout_)) return parent;
        const char* const code = frame_code(level.frame, layout_);
        const std::uint32_t id = code_id(code, stream, sources);
        if (id == kNoCode) [[unlikely]] return parent;  // no memory: the caller's line is the best that can be told
        if (id == kHiddenCode) return 0;  // for the launcher's frames and those that called it
        const std::uint32_t instruction = instruction_number(code, level.instruction, layout_);
        return stacks_.find_or_add(parent, id, instruction, [&] { return stream.define_stack(parent, id, instruction); });
    }

    static constexpr std::uint32_t kNoCode = 0;
    static constexpr std::uint32_t kHiddenCode = 0xFFFFFFFF;  ///< the launcher's own

    std::uint32_t code_id(const char* code, EventStream& stream, Sources& sources) {
        auto* const entry = codes_.find_or_add({code});
        if (!entry) return kNoCode;
        if (entry->id == 0) {
            const CodeFacts facts = read_code(code, layout_);
            const Sources::Origin origin = sources.meet(facts.file, stream);
            entry->id = origin == Sources::Origin::hidden ? kHiddenCode : define_code(facts, origin, stream);
        }
        return entry->id;
    }

    [[gnu::noinline]] std::uint32_t define_code(CodeFacts facts, Sources::Origin origin, EventStream& stream) const {
        char small[4096];
        Pages large;
        if (origin == Sources::Origin::library && layout_.format == format::LineTable::locations) {
            char* lines = small;
            if (facts.lines_length > sizeof small) {
                large = Pages(facts.lines_length);
                lines = large.as<char>();
            }
            if (lines) {
                facts.lines_length = lines_alone({facts.lines, facts.lines_length}, lines);
                facts.lines = lines;
            }
        }
        return stream.define_code(facts.first_line, layout_.format, facts.file, facts.name, facts.lines, facts.lines_length);
    }

    [[gnu::noinline]] void forget_ids(StackWalk& walk) {
        walk.forget_ids();
        walk.epoch = epoch_;
    }

    Layout layout_ = kLayouts[0];
    std::uint32_t epoch_ = 0;
    std::array<Near, 1 << kNearBits> near_{};
    IdTable<CodeKey> codes_;
    StackTree stacks_;
};

}  // namespace alloclens::tracker
