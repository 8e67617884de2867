// The stacks that were told, each on the one that it continues. A path's stacks were mostly told one after the other, so
// they are found side by side: a program that is ever on new paths would miss the cache at each level of a hash table.
#pragma once

#include <algorithm>
#include <cstdint>

#include "id_table.hpp"
#include "pages.hpp"

namespace alloclens::tracker {

class StackTree {
  public:
    /// Id of the stack that has this frame on `parent`; if it is new, what `tell()` gives it. `parent` when there is no memory.
    template <class Tell>
    std::uint32_t find_or_add(std::uint32_t parent, std::uint32_t code, std::uint32_t instruction, Tell tell) {
        Node* const below = node(parent);
        if (!below) return parent;
        std::uint32_t seen = 0;
        Node* before = nullptr;
        for (std::uint32_t id = below->first; id != 0; ++seen) {
            Node& here = *node(id);
            if (here.code == code && here.instruction == instruction) {
                if (before) {  // it will be asked for again
                    before->next = here.next;
                    here.next = below->first;
                    below->first = id;
                }
                return id;
            }
            before = &here;
            id = here.next;
        }
        if (seen >= kListed) {
            auto* const entry = others_.find_or_add({parent, code, instruction});
            if (!entry) return parent;
            if (entry->id == 0) entry->id = tell();
            return entry->id;
        }
        const std::uint32_t id = tell();
        Node* const added = node(id);
        if (!added) return id;  // it is told again when it is met again
        *added = {code, instruction, added->first, below->first};
        below->first = id;
        return id;
    }

    void clear() {
        for (; used_ > 0; --used_) chunk(used_ - 1) = Pages{};
        others_.clear();
    }

  private:
    struct Node {
        std::uint32_t code, instruction;
        std::uint32_t first;  ///< of those that continue it
        std::uint32_t next;   ///< of those that continue the same
    };
    struct Key {
        std::uint32_t parent = 0, code = 0, instruction = 0;
        bool operator==(const Key&) const = default;
        friend std::size_t hash(const Key& key) {
            return mix((static_cast<std::uint64_t>(key.code) << 32 | key.parent) ^ static_cast<std::uint64_t>(key.instruction) << 40);
        }
    };
    /// More on one stack are looked for in a table.
    static constexpr std::uint32_t kListed = 24;
    static constexpr unsigned kChunkBits = 14;
    static constexpr std::uint32_t kChunks = 1u << (32 - kChunkBits);

    Pages& chunk(std::uint32_t number) const { return chunks_.as<Pages>()[number]; }

    /// Chunks never move, and a new one is zero.
    Node* node(std::uint32_t id) {
        if (!chunks_) [[unlikely]] {
            const KeepErrno keep;
            chunks_ = Pages(kChunks * sizeof(Pages));  // an empty Pages is zeros
            if (!chunks_) return nullptr;
        }
        Pages& pages = chunk(id >> kChunkBits);
        if (!pages) [[unlikely]] {
            const KeepErrno keep;
            pages = Pages(sizeof(Node) << kChunkBits);
            if (!pages) return nullptr;
            used_ = std::max(used_, (id >> kChunkBits) + 1);
        }
        return pages.as<Node>() + (id & ((1u << kChunkBits) - 1));
    }

    Pages chunks_;
    std::uint32_t used_ = 0;  ///< of the chunks
    IdTable<Key> others_;
};

}  // namespace alloclens::tracker
