// Which region the calling thread is in: the value of a context variable, read from the interpreter's own objects.
// So it follows the program's tasks, as contextvars do, without a call at every switch.
#pragma once

#include <atomic>
#include <cstdint>

#include "tracker/cpython/layout.hpp"
#include "tracker/this_thread.hpp"

namespace alloclens::tracker {

/// Where each CPython keeps the context: the members of PyThreadState in its Include/cpython/pystate.h.
/// `follow_context` tries it out before it is trusted.
struct ContextLayout {
    int context;  ///< the PyContext that is entered, or null
    int version;  ///< uint64_t that rises when another context is entered or left
};

inline constexpr ContextLayout kContextLayouts[kVersions] = {
    {240, 248}, {240, 248}, {240, 248},  // 3.8 to 3.10
    {224, 232},                          // 3.11
    {208, 216}, {208, 216}, {208, 216},  // 3.12 to 3.14
    {232, 240},                          // 3.15
};

class CurrentRegion {
  public:
    CurrentRegion() = default;
    /// `variable`: a ContextVar that lives for ever, whose values are bytes that begin with a region's number.
    CurrentRegion(std::size_t version_index, const void* variable, std::int64_t hash)
        : variable_(variable), hash_(folded(hash)), layout_(kContextLayouts[version_index]) {}

    /// In the place of the present one, while other threads read.
    void replace_by(const CurrentRegion& other) {
        hash_ = other.hash_;
        layout_ = other.layout_;
        variable_.store(other.variable_.load(std::memory_order_relaxed), std::memory_order_release);
    }

    bool in_use() const { return variable_.load(std::memory_order_acquire) != nullptr; }

    /// Finds out the region of the calling thread, 0 outside of all. Its own context stands still meanwhile, with the GIL
    /// or without. Costs two loads and compares while the thread stays in one context.
    std::uint32_t read(ThisThread& me, const void* thread_state) const {
        const auto* const context = thread_state ? field<const void*>(thread_state, layout_.context) : nullptr;
        if (!context) return me.region = 0;
        const auto version = field<std::uint64_t>(thread_state, layout_.version);
        if (context != me.context || version != me.context_version) [[unlikely]] {
            me.context = context;
            me.context_version = version;
            me.region_there = look_up(context);
        }
        return me.region = me.region_there;
    }

    /// The thread has set the variable.
    static void changed(ThisThread& me) { me.context = nullptr; }

  private:
    std::uint32_t look_up(const void* context) const;
    static std::uint32_t folded(std::int64_t hash);

    std::atomic<const void*> variable_{nullptr};  ///< set last: who sees it sees the others
    std::uint32_t hash_ = 0;
    ContextLayout layout_{};
};

}  // namespace alloclens::tracker
