#include "event_stream.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>

#include "core/profile/aggregate.hpp"
#include "truncation_guard.hpp"

namespace alloclens::tracker {

void EventStream::map(std::uint32_t stack, std::uint8_t flags, std::uint64_t address, std::uint64_t length) {
    std::uint8_t* const out = room();
    ++now_.events_before;
    commit(encoder_.map(out, stack, flags, address, length));
}

void EventStream::unmap(std::uint64_t address, std::uint64_t length) {
    std::uint8_t* const out = room();
    ++now_.events_before;
    commit(encoder_.unmap(out, address, length));
}

void EventStream::remap(std::uint32_t stack, std::uint8_t flags, std::uint64_t old_address, std::uint64_t old_length,
                        std::uint64_t address, std::uint64_t length) {
    std::uint8_t* const out = room();
    ++now_.events_before;
    commit(encoder_.remap(out, stack, flags, old_address, old_length, address, length));
}

void EventStream::make_writable(std::uint32_t stack, std::uint64_t address, std::uint64_t length) {
    std::uint8_t* const out = room();
    ++now_.events_before;
    commit(encoder_.make_writable(out, stack, address, length));
}

void EventStream::aborting() {
    commit(encoder_.aborting(room()));
    flush();
}

std::uint32_t EventStream::define_thread(std::uint64_t kernel_id, const char* name) {
    std::uint8_t* const out = room();
    commit(encoder_.define_thread(out, kernel_id, name, std::strlen(name)));
    return now_.first_thread++;
}

std::uint32_t EventStream::define_region(std::uint32_t parent, const std::string& name) {
    std::uint8_t* const out = room();
    commit(encoder_.define_region(out, parent, name.data(), name.size()));
    return now_.first_region++;
}

void EventStream::region_entered(std::uint32_t id) { commit(encoder_.region_entered(room(), id)); }

void EventStream::thread_name(const char* name) { commit(encoder_.thread_name(room(), name, std::strlen(name))); }

std::uint32_t EventStream::define_code(std::uint32_t first_line, format::LineTable format, Text file, Text name,
                                       const char* lines, std::size_t lines_length) {
    std::uint8_t* const out = room();
    const std::uint32_t id = now_.first_code++;
    commit(encoder_.define_code(out, first_line, format, file, name, lines, lines_length));
    for (std::size_t done = format::kMaxBlob; done < lines_length; done += format::kMaxBlob) {
        commit(encoder_.more_lines(room(), id, lines + done, lines_length - done));
    }
    return id;
}

void EventStream::time(std::uint64_t microseconds) {
    std::uint8_t* const out = room();
    const std::uint64_t passed = microseconds - now_.time_us;
    now_.time_us = microseconds;
    commit(encoder_.time(out, passed));
}

void EventStream::rss(std::uint64_t pages) {
    if (pages == now_.rss_pages) return;
    std::uint8_t* const out = room();
    const auto grown = static_cast<std::int64_t>(pages - now_.rss_pages);
    now_.rss_pages = pages;
    commit(encoder_.rss(out, grown));
}

void EventStream::block(format::BlockKind kind, const void* payload, std::size_t size) {
    const KeepErrno keep;
    if (!writing_) return;
    const auto used = position_ - begin_;
    const int error = file_.append(kind, 0, payload, size);
    if (error) return fail(error);
    // The slot may have moved out of the block's way.
    if (!in_slot_) return;
    write_into_slot();
    position_ = begin_ + used;
}

void EventStream::write_into(std::uint8_t* payload, std::size_t size, std::uint64_t* used) {
    begin_ = position_ = payload;
    last_place_ = payload + size - format::kMaxEventSize;
    used_ = used;
}

void EventStream::write_into_slot() { write_into(file_.slot().payload(), OpenSlot::kCapacity, file_.slot().used_place()); }

void EventStream::module(const format::ModuleHeader& header, const std::uint8_t* build_id, const char* path) {
    std::uint8_t payload[sizeof header + 32 + 4096];
    format::ModuleHeader kept = header;
    kept.path_length = std::min<std::uint32_t>(header.path_length, static_cast<std::uint32_t>(sizeof payload - sizeof header - header.build_id_length));
    std::memcpy(payload, &kept, sizeof kept);
    std::memcpy(payload + sizeof kept, build_id, kept.build_id_length);
    std::memcpy(payload + sizeof kept + kept.build_id_length, path, kept.path_length);
    block(format::BlockKind::module, payload, sizeof kept + kept.build_id_length + kept.path_length);
}

std::string EventStream::begin(const std::string& path, bool overwrite, const std::string& metadata) {
    if (!nowhere_) nowhere_ = Pages(2 * format::kMaxEventSize);
    if (!nowhere_) return "The kernel has no memory left for a capture: " + path + " was not begun.";
    if (aggregates_ && !journal_) journal_ = Pages(format::kEventsCapacity);
    if (aggregates_ && !journal_) return "The kernel has no memory left for a capture: " + path + " was not begun.";
    if (std::string sentence = file_.create(path, overwrite, metadata, !aggregates_); !sentence.empty()) return sentence;
    in_slot_ = !aggregates_;
    failure_[0] = 0;
    now_ = {};
    now_.first_stack = now_.first_code = now_.first_thread = now_.first_region = 1;
    writing_ = true;
    begin_block();
    return {};
}

void EventStream::begin_block() {
    if (in_slot_) {
        write_into_slot();
    } else {
        write_into(journal_.as<std::uint8_t>(), journal_.size(), &unread_);
    }
    encoder_.reset();
    std::memcpy(begin_, &now_, sizeof now_);
    commit(begin_ + sizeof now_);
}

void EventStream::next_block() {
    const KeepErrno keep;
    if (!writing_) {
        position_ = nowhere_.as<std::uint8_t>();
        return;
    }
    if (was_truncated()) return fail(0);
    if (reader_) {
        catch_up();
        reader_->next_block();
    }
    if (aggregates_) return reader_->failed() ? fail(ENOMEM) : begin_block();
    OpenSlot& slot = file_.slot();
    int error = file_.append(format::BlockKind::events, slot.sequence(), slot.payload(), slot.used());
    if (!error) error = file_.next_slot();
    if (error) return fail(error);
    begin_block();
}

void EventStream::write_nowhere() {
    writing_ = in_slot_ = false;
    write_into(nowhere_.as<std::uint8_t>(), nowhere_.size(), &unread_);
}

void EventStream::fail(int error) {
    std::snprintf(failure_, sizeof failure_, "The capture %.300s ends here, it can be read up to this point: %s.",
                  file_.path().c_str(), error ? std::strerror(error) : "the file was cut by another program");
    if (error) file_.tell_failure(error);
    write_nowhere();
}

const char* EventStream::failure() {
    if (writing_ && was_truncated()) fail(0);
    return failure_;
}

void EventStream::write_aggregate() {
    if (!writing_ || !aggregates_) return;
    catch_up();
    if (reader_->failed()) return fail(ENOMEM);
    try {
        if (const int error = file_.replace_aggregate(core::encode_aggregate(reader_->profile()))) fail(error);
    } catch (const std::exception&) {
        fail(ENOMEM);
    }
}

bool EventStream::finish(const std::string& end) {
    if (aggregates_ && writing_) {
        catch_up();
        bool whole = false;
        try {
            whole = !reader_->failed() && file_.append_aggregate(core::encode_aggregate(reader_->profile())) == 0 &&
                    file_.append(format::BlockKind::end, 0, end.data(), end.size()) == 0 && file_.finish() == 0;
        } catch (const std::exception&) {
            // no memory: what was written last stays
        }
        abandon();
        return whole;
    }
    // A full disk may have room again, or for the compressed block; a file that was cut is left alone.
    OpenSlot& slot = file_.slot();
    bool written = slot.mapped() && !was_truncated();
    if (written && slot.used()) {
        written = file_.append(format::BlockKind::events, slot.sequence(), slot.payload(), slot.used()) == 0;
    }
    written = written && file_.append(format::BlockKind::end, 0, end.data(), end.size()) == 0 && file_.finish() == 0;
    abandon();
    return written;
}

void EventStream::abandon() {
    file_.close();
    write_nowhere();
}

}  // namespace alloclens::tracker
