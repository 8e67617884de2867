// Gives ids to code objects and stacks, and tells the capture of each new one. Under the recorder's lock.
#pragma once

#include <array>
#include <cstdint>

#include "cpython/code_objects.hpp"
#include "cpython/frames.hpp"
#include "id_table.hpp"
#include "writer/event_stream.hpp"
#include "writer/sources.hpp"

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
        if (walk.count == 0) return 0;
        std::uint32_t stack = walk.changed ? walk.levels[walk.changed - 1].stack : 0;
        for (; walk.changed < walk.count; ++walk.changed) {
            Level& level = walk.levels[walk.changed];
            level.stack = stack = step(stack, level, stream, sources);
        }
        return stack;
    }

    /// Forgets what the walk holds of ids that are no longer true.
    void refresh(StackWalk& walk) {
        if (walk.epoch != epoch_) [[unlikely]] forget_ids(walk);
    }

    /// Id of the stack `parent` with the frame `level` on it.
    std::uint32_t step(std::uint32_t parent, Level& level, EventStream& stream, Sources& sources) {
        Near& near = near_[near_place(parent, level)];
        if (near.parent != parent || near.instruction != level.instruction || near.code != level.code || near.epoch != epoch_)
            [[unlikely]] {
            near = {level.code, level.instruction, parent, epoch_, look_up(parent, level, stream, sources)};
        }
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
    struct StackKey {
        std::uint32_t parent = 0, code = 0, instruction = 0;
        bool operator==(const StackKey&) const = default;
        friend std::size_t hash(const StackKey& key) {
            return mix((static_cast<std::uint64_t>(key.code) << 32 | key.parent) ^ static_cast<std::uint64_t>(key.instruction) << 40);
        }
    };

    /// The ids that were given lately, by what a frame itself holds: one multiplication instead of two tables.
    struct Near {
        const char* code;
        std::uint64_t instruction;
        std::uint32_t parent, epoch;
        std::uint32_t stack;
    };
    static constexpr unsigned kNearBits = 11;

    static std::size_t near_place(std::uint32_t parent, const Level& level) {
        const std::uint64_t here = reinterpret_cast<std::uintptr_t>(level.code) + (level.instruction << 3);
        return static_cast<std::size_t>((here ^ (static_cast<std::uint64_t>(parent) << 24)) * 0x9E3779B97F4A7C15ull >> (64 - kNearBits));
    }

    [[gnu::noinline]] std::uint32_t look_up(std::uint32_t parent, Level& level, EventStream& stream, Sources& sources) {
        if (level.code_id == 0) level.code_id = code_id(level.code, stream, sources);
        if (level.code_id == kShimCode) return parent;
        if (level.code_id == kHiddenCode) return 0;  // for the launcher's frames and those that called it
        return stack_id(parent, level, stream);
    }

    std::uint32_t stack_id(std::uint32_t parent, const Level& level, EventStream& stream) {
        const StackKey key{parent, level.code_id, instruction_number(level, layout_)};
        auto* const entry = stacks_.find_or_add(key);
        if (!entry) [[unlikely]] return parent;  // no memory: the caller's line is the best that can be told
        if (entry->id == 0) [[unlikely]] entry->id = stream.define_stack(key.parent, key.code, key.instruction);
        return entry->id;
    }

    [[gnu::noinline]] std::uint32_t code_id(const char* code, EventStream& stream, Sources& sources) {
        auto* const entry = codes_.find_or_add({code});
        if (!entry) return kShimCode;
        if (entry->id == 0) {
            const CodeFacts facts = read_code(code, layout_);
            entry->id = sources.meet(facts.file, stream) ? kHiddenCode
                                                         : stream.define_code(facts.first_line, layout_.format, facts.file,
                                                                              facts.name, facts.lines, facts.lines_length);
        }
        return entry->id;
    }

    [[gnu::noinline]] void forget_ids(StackWalk& walk) {
        walk.read_codes();
        for (std::uint32_t k = 0; k < walk.count; ++k) {
            if (walk.levels[k].code_id != kShimCode) walk.levels[k].code_id = 0;
        }
        walk.changed = 0;
        walk.epoch = epoch_;
    }

    Layout layout_ = kLayouts[0];
    std::uint32_t epoch_ = 0;
    std::array<Near, 1 << kNearBits> near_{};
    IdTable<CodeKey> codes_;
    IdTable<StackKey> stacks_;
};

}  // namespace alloclens::tracker
