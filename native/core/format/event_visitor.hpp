// What an EventDecoder calls, doing nothing: for those who look at some events only.
#pragma once

#include "event_decoder.hpp"

namespace alloclens::format {

struct EventVisitor {
    bool allocation(std::uint32_t, std::uint64_t, Allocator, std::uint64_t) { return true; }
    void free(std::uint64_t, bool) {}
    bool map(std::uint32_t, std::uint8_t, std::uint64_t, std::uint64_t) { return true; }
    void unmap(std::uint64_t, std::uint64_t) {}
    bool remap(std::uint32_t, std::uint8_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) { return true; }
    bool make_writable(std::uint32_t, std::uint64_t, std::uint64_t) { return true; }
    void aborting() {}
    void realloc_failed(std::uint64_t) {}
    bool thread(std::uint32_t) { return true; }
    void define_thread(std::uint64_t, Bytes) {}
    void thread_name(Bytes) {}
    bool define_region(std::uint32_t, Bytes) { return true; }
    bool region(std::uint32_t) { return true; }
    bool region_entered(std::uint32_t) { return true; }
    void define_code(std::uint32_t, LineTable, const RecordedText&, const RecordedText&, Bytes) {}
    bool more_lines(std::uint32_t, Bytes) { return true; }
    bool define_stack(std::uint32_t, std::uint32_t, std::uint32_t) { return true; }
    bool define_native_stack(std::uint32_t, std::uint32_t, std::uint64_t) { return true; }
    void time(std::uint64_t) {}
    void rss(std::int64_t) {}
};

}  // namespace alloclens::format
