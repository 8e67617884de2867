// The stream of events: encoded directly into the open slot, block after block. All of it under the recorder's lock.
#pragma once

#include <cstdint>
#include <string>

#include "capture_file.hpp"
#include "core/format/event_encoder.hpp"
#include "tracker/live/own_reader.hpp"

namespace alloclens::tracker {

class EventStream {
  public:
    using Text = format::EventEncoder::Text;

    // One event is a few bytes into the mapped slot and the store of their number; 10–15 ns.

    void allocation(std::uint32_t stack, std::uint64_t size, format::Allocator allocator, std::uint64_t address) {
        room();
        allocation_in_room(stack, size, allocator, address);
    }

    void free(std::uint64_t address, bool for_realloc) {
        room();
        free_in_room(address, for_realloc);
    }

    // The same when nothing has to be done before.

    bool has_room_for(std::uint32_t thread) const { return position_ <= last_place_ && thread == now_.current_thread; }

    [[gnu::always_inline]] void allocation_in_room(std::uint32_t stack, std::uint64_t size, format::Allocator allocator,
                                                   std::uint64_t address) {
        ++now_.events_before;
        commit(encoder_.allocation(position_, stack, size, allocator, address));
    }

    [[gnu::always_inline]] void free_in_room(std::uint64_t address, bool for_realloc) {
        ++now_.events_before;
        commit(encoder_.free(position_, address, for_realloc));
    }

    void switch_thread(std::uint32_t id) {
        if (id == now_.current_thread) [[likely]] return;
        std::uint8_t* const out = room();
        now_.current_thread = id;
        commit(encoder_.thread(out, id));
    }

    void region(std::uint32_t id) {
        if (id == now_.current_region) [[likely]] return;
        std::uint8_t* const out = room();
        now_.current_region = id;
        commit(encoder_.region(out, id));
    }

    std::uint32_t define_stack(std::uint32_t parent, std::uint32_t code, std::uint32_t instruction) {
        std::uint8_t* const out = room();
        const std::uint32_t id = now_.first_stack++;
        commit(encoder_.define_stack(out, id, parent, code, instruction));
        return id;
    }

    std::uint32_t define_native_stack(std::uint32_t parent, std::uint32_t module, std::uint64_t offset) {
        std::uint8_t* const out = room();
        const std::uint32_t id = now_.first_stack++;
        commit(encoder_.define_native_stack(out, id, parent, module, offset));
        return id;
    }

    void realloc_failed(std::uint64_t address) { commit(encoder_.realloc_failed(room(), address)); }
    void map(std::uint32_t stack, std::uint8_t flags, std::uint64_t address, std::uint64_t length);
    void unmap(std::uint64_t address, std::uint64_t length);
    void remap(std::uint32_t stack, std::uint8_t flags, std::uint64_t old_address, std::uint64_t old_length,
               std::uint64_t address, std::uint64_t length);
    void make_writable(std::uint32_t stack, std::uint64_t address, std::uint64_t length);
    void aborting();
    std::uint32_t define_thread(std::uint64_t kernel_id, const char* name);
    void thread_name(const char* name);
    std::uint32_t define_code(std::uint32_t first_line, format::LineTable format, Text file, Text name, const char* lines,
                              std::size_t lines_length);
    std::uint32_t define_region(std::uint32_t parent, const std::string& name);
    void region_entered(std::uint32_t id);
    void time(std::uint64_t microseconds);  ///< since the start of the capture
    void rss(std::uint64_t pages);

    /// A block of another kind, source or child; its payload is what docs/capture-format.md says.
    void block(format::BlockKind kind, const void* payload, std::size_t size);
    /// A module block. It stands in the file before the events that name it.
    void module(const format::ModuleHeader& header, const std::uint8_t* build_id, const char* path);

    /// Creates the capture. Empty, or a sentence.
    std::string begin(const std::string& path, bool overwrite, const std::string& metadata);
    /// Appends what is in the slot and the end block, and closes the file. False when it could not be written.
    bool finish(const std::string& end);
    /// Now and then: see CaptureFile::flush.
    void flush() {
        if (writing_) file_.flush();
    }
    /// False when the capture was moved, deleted or replaced.
    bool still_there() const { return file_.still_there(); }
    const std::string& path() const { return file_.path(); }
    /// Leaves the file as it is; nothing is written. What follows goes nowhere.
    void abandon();

    /// Why nothing is written any more: one sentence, or empty.
    const char* failure();
    /// What follows is read again while it is written; null: no longer. Before `begin`.
    void read_by(OwnReader* reader) { reader_ = reader; }
    /// Keeps what that reader has counted, and no events. Before `begin`.
    void aggregate(bool on) { aggregates_ = on; }
    /// Puts the present state into the file.
    void write_aggregate();
    /// Brings that reader up to date.
    void catch_up() {
        if (reader_ && writing_) reader_->read(begin_, static_cast<std::size_t>(position_ - begin_));
    }
    std::uint64_t time_us() const { return now_.time_us; }
    std::uint64_t events() const { return now_.events_before; }

  private:
    std::uint8_t* room() {
        if (position_ > last_place_) [[unlikely]] next_block();
        return position_;
    }

    void commit(std::uint8_t* end) {
        position_ = end;
        __atomic_store_n(used_, static_cast<std::uint64_t>(end - begin_), __ATOMIC_RELEASE);
    }

    [[gnu::noinline]] void next_block();
    void begin_block();
    /// Where events go: into the slot, or else into memory of their own.
    void write_into(std::uint8_t* payload, std::size_t size, std::uint64_t* used);
    void write_into_slot();
    void write_nowhere();
    void fail(int error);

    std::uint8_t* position_ = nullptr;
    std::uint8_t* last_place_ = nullptr;  ///< where an event may begin
    std::uint8_t* begin_ = nullptr;
    std::uint64_t* used_ = &unread_;      ///< the slot's, or nobody's
    std::uint64_t unread_ = 0;
    bool writing_ = false;
    bool in_slot_ = false;   ///< else events lie in the journal, until they were counted
    bool aggregates_ = false;
    Pages journal_;
    format::EventsPreamble now_{};  ///< as the next block would begin
    format::EventEncoder encoder_;
    CaptureFile file_;
    Pages nowhere_;
    char failure_[512] = {};
    OwnReader* reader_ = nullptr;
};

}  // namespace alloclens::tracker
