// Makes captures in memory, finished or as a running program leaves them: for tests, benches and golden files.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zstd.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/format/event_encoder.hpp"

namespace alloclens::core::testing {

class CaptureBuilder {
  public:
    static constexpr std::uint64_t kStart = 1'700'000'000'000'000;

    static std::string metadata(const std::string& more = "") {
        return R"({"run_id":"00112233445566778899aabbccddeeff","python_version":"3.12.1","platform":"linux-x86_64",)"
               R"("command":["python","/w/main.py"],"target":{"kind":"script","name":"main.py"},"cwd":"/w","pid":42,)"
               R"("parent_pid":1,"start_time_us":1700000000000000,"detail":"objects","page_size":4096,)"
               R"("standard_library":["/usr/lib/python3.12"],"site_packages":["/usr/lib/python3.12/site-packages"])" +
               more + "}";
    }

    explicit CaptureBuilder(const std::string& json = metadata()) : events_(format::kEventsCapacity) {
        format::Prelude prelude{};
        std::memcpy(prelude.magic, format::kFileMagic, sizeof prelude.magic);
        prelude.version = format::kFormatVersion;
        prelude.size = sizeof prelude;
        append(&prelude, sizeof prelude);
        block(format::BlockKind::metadata, json.data(), json.size(), 0);
        begin_events();
    }

    // What the program does. Ids count from 1.
    std::uint32_t code(std::string_view file, std::string_view name, std::uint32_t first_line, std::string_view lines = {},
                       format::LineTable kind = format::LineTable::locations) {
        const auto text = [](std::string_view value) {
            return format::EventEncoder::Text{value.data(), value.size(), format::Encoding::utf8};
        };
        write([&](auto* out) { return encoder_.define_code(out, first_line, kind, text(file), text(name), lines.data(), lines.size()); });
        return next_code_++;
    }
    /// Code whose n-th instruction lies on line `first_line` + n − 1.
    std::uint32_t stepping_code(std::string_view file, std::string_view name, std::uint32_t first_line, unsigned lines) {
        std::string table;
        for (unsigned i = 0; i < lines; ++i) (table += static_cast<char>(0xE8)) += static_cast<char>(i ? 2 : 0);
        return code(file, name, first_line, table);
    }
    std::uint32_t stack(std::uint32_t parent, std::uint32_t code, std::uint32_t instruction) {
        write([&](auto* out) { return encoder_.define_stack(out, next_stack_, parent, code, instruction); });
        return next_stack_++;
    }
    std::uint32_t native_stack(std::uint32_t parent, std::uint32_t module, std::uint64_t offset) {
        write([&](auto* out) { return encoder_.define_native_stack(out, next_stack_, parent, module, offset); });
        return next_stack_++;
    }
    std::uint32_t thread(std::uint64_t kernel_id, std::string_view name) {
        write([&](auto* out) { return encoder_.define_thread(out, kernel_id, name.data(), name.size()); });
        return next_thread_++;
    }
    void switch_to(std::uint32_t id) {
        write([&](auto* out) { return encoder_.thread(out, id); });
        thread_ = id;
    }
    std::uint32_t region(std::uint32_t parent, std::string_view name) {
        write([&](auto* out) { return encoder_.define_region(out, parent, name.data(), name.size()); });
        return next_region_++;
    }
    /// What follows is allocated in it; 0: in none.
    void go_to_region(std::uint32_t id) {
        write([&](auto* out) { return encoder_.region(out, id); });
        region_ = id;
    }
    void enter_region(std::uint32_t id) {
        write([&](auto* out) { return encoder_.region_entered(out, id); });
        go_to_region(id);
    }
    void allocate(std::uint32_t stack, std::uint64_t size, std::uint64_t address,
                  format::Allocator allocator = format::Allocator::pyobject_malloc) {
        write([&](auto* out) { return encoder_.allocation(out, stack, size, allocator, address); });
        ++count_;
    }
    void free(std::uint64_t address, bool for_realloc = false) {
        write([&](auto* out) { return encoder_.free(out, address, for_realloc); });
        ++count_;
    }
    void realloc_failed(std::uint64_t address) {
        write([&](auto* out) { return encoder_.realloc_failed(out, address); });
    }
    void map(std::uint32_t stack, std::uint8_t flags, std::uint64_t address, std::uint64_t length) {
        write([&](auto* out) { return encoder_.map(out, stack, flags, address, length); });
        ++count_;
    }
    void unmap(std::uint64_t address, std::uint64_t length) {
        write([&](auto* out) { return encoder_.unmap(out, address, length); });
        ++count_;
    }
    void remap(std::uint32_t stack, std::uint8_t flags, std::uint64_t old_address, std::uint64_t old_length, std::uint64_t address,
               std::uint64_t length) {
        write([&](auto* out) { return encoder_.remap(out, stack, flags, old_address, old_length, address, length); });
        ++count_;
    }
    void make_writable(std::uint32_t stack, std::uint64_t address, std::uint64_t length) {
        write([&](auto* out) { return encoder_.make_writable(out, stack, address, length); });
        ++count_;
    }
    void abort() {
        write([&](auto* out) { return encoder_.aborting(out); });
    }
    void more_lines(std::uint32_t code, std::string_view lines) {
        write([&](auto* out) { return encoder_.more_lines(out, code, lines.data(), lines.size()); });
    }
    void time(std::uint64_t microseconds) {
        write([&](auto* out) { return encoder_.time(out, microseconds); });
        time_us_ += microseconds;
    }
    void rss(std::uint64_t pages) {
        write([&](auto* out) { return encoder_.rss(out, static_cast<std::int64_t>(pages - rss_)); });
        rss_ = pages;
    }
    /// An event as it comes, for damage that no encoder writes.
    void raw_event(std::string_view bytes) {
        write([&](auto* out) {
            std::memcpy(out, bytes.data(), bytes.size());
            return out + bytes.size();
        });
    }

    // The file.
    void source(std::string_view name, std::string_view text, std::uint32_t flags = 0) {
        std::string payload(8, '\0');
        const auto length = static_cast<std::uint32_t>(name.size());
        std::memcpy(payload.data(), &flags, 4);
        std::memcpy(payload.data() + 4, &length, 4);
        (payload += name) += text;
        block(format::BlockKind::source, payload.data(), payload.size(), 0);
    }
    void module(std::uint32_t id, std::string_view path, std::uint32_t flags = 0, std::string_view build_id = {}) {
        const format::ModuleHeader header{id, flags, 0x10000 * id, 0x10000 * id, 0x10000 * id + 0x8000, static_cast<std::uint32_t>(build_id.size()),
                                          static_cast<std::uint32_t>(path.size())};
        std::string payload(reinterpret_cast<const char*>(&header), sizeof header);
        (payload += build_id) += path;
        block(format::BlockKind::module, payload.data(), payload.size(), 0);
    }
    void limit(const format::LimitReached& reached) { block(format::BlockKind::limit, &reached, sizeof reached, 0); }
    /// Ends the events block: what follows stands in the next one.
    void new_block() {
        if (used_ == sizeof(format::EventsPreamble)) return;
        block(format::BlockKind::events, events_.data(), used_, sequence_++);
        begin_events();
    }
    /// Drops the events block that is being written, as if it had been lost.
    void lose_block() {
        ++sequence_;
        begin_events();
    }
    /// The capture of a program that has ended; nothing may be recorded after it.
    std::string finished(int exit_status = 0) {
        new_block();
        const std::string end = R"({"end_time_us":)" + std::to_string(kStart + time_us_) + R"(,"exit_status":)" + std::to_string(exit_status) +
                                R"(,"reason":"exit","events":)" + std::to_string(count_) + R"(,"lost_events":0,"peak_rss_pages":)" +
                                std::to_string(rss_) + "}";
        block(format::BlockKind::end, end.data(), end.size(), 0);
        return file_;
    }
    /// The blocks since the last time, which are not kept: for captures that memory can't hold.
    std::string take() { return std::exchange(file_, {}); }
    /// The capture as it is now, of a program that runs or was killed.
    std::string open(std::size_t hole = 8192) const {
        std::string file = file_;
        file.resize((file.size() + hole + 4095) / 4096 * 4096);
        const std::uint64_t offset = file.size();
        std::memcpy(file.data() + offsetof(format::Prelude, open_offset), &offset, sizeof offset);
        format::SlotHeader slot{};
        slot.magic = format::kSlotMagic;
        slot.capacity = format::kEventsCapacity;
        slot.sequence = sequence_;
        slot.used = used_;
        file.append(reinterpret_cast<const char*>(&slot), sizeof slot);
        file.append(reinterpret_cast<const char*>(events_.data()), events_.size());
        return file;
    }
    /// As the tracker does when it can't write any more.
    void fail(std::uint32_t error) { std::memcpy(file_.data() + offsetof(format::Prelude, failure), &error, sizeof error); }
    /// Blocks from now on are not compressed.
    void store_raw() { codec_ = format::Codec::raw; }
    std::uint64_t events() const { return count_; }
    std::size_t blocks_end() const { return file_.size(); }

    static void save(const std::string& path, std::string_view bytes) {
        std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }

  private:
    template <class Encode>
    void write(Encode&& encode) {
        if (used_ + format::kMaxEventSize > events_.size()) new_block();
        used_ = static_cast<std::size_t>(encode(events_.data() + used_) - events_.data());
    }

    void begin_events() {
        const format::EventsPreamble preamble{count_, time_us_, rss_, next_stack_, next_code_, next_thread_, thread_, next_region_, region_};
        std::memcpy(events_.data(), &preamble, sizeof preamble);
        used_ = sizeof preamble;
        encoder_.reset();
    }

    void append(const void* data, std::size_t size) { file_.append(static_cast<const char*>(data), size); }

    void block(format::BlockKind kind, const void* data, std::size_t size, std::uint64_t sequence) {
        std::string stored(static_cast<const char*>(data), size);
        if (codec_ == format::Codec::zstd) {
            stored.resize(ZSTD_compressBound(size));
            stored.resize(ZSTD_compress(stored.data(), stored.size(), data, size, 1));
        }
        format::BlockHeader header{format::kBlockMagic, kind, codec_, static_cast<std::uint32_t>(size),
                                   static_cast<std::uint32_t>(stored.size()), sequence, 0};
        const XXH64_hash_t seed = XXH3_64bits(&header, offsetof(format::BlockHeader, checksum));
        header.checksum = XXH3_64bits_withSeed(stored.data(), stored.size(), seed);
        append(&header, sizeof header);
        append(stored.data(), stored.size());
    }

    std::string file_;
    format::Codec codec_ = format::Codec::zstd;
    format::EventEncoder encoder_;
    std::vector<std::uint8_t> events_;
    std::size_t used_ = 0;
    std::uint64_t sequence_ = 0, count_ = 0, time_us_ = 0, rss_ = 0;
    std::uint32_t next_stack_ = 1, next_code_ = 1, next_thread_ = 1, thread_ = 0, next_region_ = 1, region_ = 0;
};

}  // namespace alloclens::core::testing
