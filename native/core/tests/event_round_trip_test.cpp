#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "core/capture/decoded_events.hpp"
#include "core/format/event_decoder.hpp"
#include "core/format/event_encoder.hpp"

using namespace alloclens::format;

namespace {

/// Writes down every event as a line of text.
struct Log {
    std::vector<std::string> lines;

    template <class... Values>
    void add(const char* name, Values... values) {
        std::string line = name;
        ((line += ' ', line += std::to_string(static_cast<long long>(values))), ...);
        lines.push_back(line);
    }
    static std::string text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data), bytes.size}; }

    std::uint32_t stacks = UINT32_MAX;  ///< that are known
    bool allocation(std::uint32_t stack, std::uint64_t size, Allocator allocator, std::uint64_t address) {
        add("allocation", stack, size, allocator, address);
        return stack <= stacks;
    }
    void free(std::uint64_t address, bool for_realloc) { add("free", address, for_realloc); }
    bool map(std::uint32_t stack, std::uint8_t flags, std::uint64_t a, std::uint64_t l) { return add("map", stack, flags, a, l), true; }
    void unmap(std::uint64_t a, std::uint64_t l) { add("unmap", a, l); }
    bool remap(std::uint32_t stack, std::uint8_t flags, std::uint64_t oa, std::uint64_t ol, std::uint64_t a, std::uint64_t l) {
        return add("remap", stack, flags, oa, ol, a, l), true;
    }
    bool make_writable(std::uint32_t stack, std::uint64_t a, std::uint64_t l) { return add("make_writable", stack, a, l), true; }
    void aborting() { add("aborting"); }
    void realloc_failed(std::uint64_t address) { add("realloc_failed", address); }
    bool thread(std::uint32_t id) { return add("thread", id), true; }
    void define_thread(std::uint64_t id, Bytes name) { add(("define_thread " + text(name)).c_str(), id); }
    void thread_name(Bytes name) { add(("thread_name " + text(name)).c_str()); }
    bool define_region(std::uint32_t parent, Bytes name) { return add(("define_region " + text(name)).c_str(), parent), true; }
    bool region(std::uint32_t id) { return add("region", id), true; }
    bool region_entered(std::uint32_t id) { return add("region_entered", id), true; }
    void define_code(std::uint32_t first, LineTable kind, const RecordedText& file, const RecordedText& name, Bytes lines_) {
        add(("define_code " + text(file.bytes) + ' ' + text(name.bytes) + ' ' + text(lines_)).c_str(), first, kind, file.encoding, name.encoding);
    }
    bool more_lines(std::uint32_t code, Bytes more) { return add(("more_lines " + text(more)).c_str(), code), true; }
    bool define_stack(std::uint32_t distance, std::uint32_t code, std::uint32_t instruction) {
        return add("define_stack", distance, code, instruction), true;
    }
    bool define_native_stack(std::uint32_t distance, std::uint32_t module, std::uint64_t offset) {
        return add("define_native_stack", distance, module, offset), true;
    }
    void time(std::uint64_t us) { add("time", us); }
    void rss(std::int64_t pages) { add("rss", pages); }
};

/// Events of all kinds; addresses, sizes and stacks repeat as a program's do, with odd ones among them.
class RandomEvents {
  public:
    explicit RandomEvents(unsigned seed) : random_(seed) {}

    std::uint8_t* write(EventEncoder& encoder, std::uint8_t* out, Log& log) {
        switch (below(26)) {
            case 25: {
                const std::uint32_t id = below(1000);
                log.define_region(id, {reinterpret_cast<const std::uint8_t*>("index"), 5});
                log.region(id);
                log.region_entered(id);
                return encoder.region_entered(encoder.region(encoder.define_region(out, id, "index", 5), id), id);
            }
            case 0: {
                const std::uint32_t id = below(100) + 2, parent = below(id);
                log.define_stack(id - parent, 7, 9);
                return encoder.define_stack(out, id, parent, 7, 9);
            }
            case 1: log.time(5); return encoder.time(out, 5);
            case 2: log.rss(-300); return encoder.rss(out, -300);
            case 3: {
                const auto stack = stack_id();
                const auto at = address();
                log.map(stack, 3, at, 8192);
                return encoder.map(out, stack, 3, at, 8192);
            }
            case 4: {
                const auto stack = stack_id();
                log.remap(stack, 3, 4096, 100, 1ull << 46, 77);
                return encoder.remap(out, stack, 3, 4096, 100, 1ull << 46, 77);
            }
            case 5: log.unmap(4096, 1ull << 40); return encoder.unmap(out, 4096, 1ull << 40);
            case 6: log.realloc_failed(1ull << 47); return encoder.realloc_failed(out, 1ull << 47);
            case 7: log.thread(3); return encoder.thread(out, 3);
            case 8: log.thread_name({reinterpret_cast<const std::uint8_t*>("worker"), 6}); return encoder.thread_name(out, "worker", 6);
            case 9: log.define_thread(77, {}); return encoder.define_thread(out, 77, "", 0);
            case 10: {
                const std::string name(below(5000), 'n');
                const Bytes cut{reinterpret_cast<const std::uint8_t*>(name.data()), std::min(name.size(), kMaxBlob)};
                log.define_code(12, LineTable::pep626, {cut, Encoding::ucs2}, {cut, Encoding::latin1}, cut);
                return encoder.define_code(out, 12, LineTable::pep626, {name.data(), name.size(), Encoding::ucs2},
                                           {name.data(), name.size(), Encoding::latin1}, name.data(), name.size());
            }
            case 18: log.define_native_stack(3, 2, 1ull << 47); return encoder.define_native_stack(out, 10, 7, 2, 1ull << 47);
            case 12: {
                const auto stack = stack_id();
                log.make_writable(stack, 1ull << 44, 12288);
                return encoder.make_writable(out, stack, 1ull << 44, 12288);
            }
            case 19: log.aborting(); return encoder.aborting(out);
            case 11: log.more_lines(900, {}); return encoder.more_lines(out, 900, "", 0);
            case 13: case 14: case 15: case 16: case 17: {
                const std::uint64_t at = live_.empty() || below(10) == 0 ? address() : take_live();
                const bool for_realloc = below(4) == 0;
                log.free(at, for_realloc);
                return encoder.free(out, at, for_realloc);
            }
            default: {
                const auto stack = stack_id();
                const auto bytes = size();
                const auto allocator = static_cast<Allocator>(below(3) + 1);
                const auto at = address();
                live_.push_back(at);
                log.allocation(stack, bytes, allocator, at);
                return encoder.allocation(out, stack, bytes, allocator, at);
            }
        }
    }

  private:
    std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }
    std::uint32_t stack_id() { return below(10) == 0 ? static_cast<std::uint32_t>(random_()) : below(600); }
    std::uint64_t size() { return below(20) == 0 ? random_() >> 10 : below(1500); }
    std::uint64_t address() {
        switch (below(8)) {
            case 0: return random_() >> 17;                                 // anywhere, odd too
            case 1: return last_ += 32;                                     // a pool of objects
            case 2: return last_ += 48;                                     // chunks
            case 3: return freed_.empty() ? last_ : freed_[freed_.size() - 1 - below(static_cast<std::uint32_t>(std::min<std::size_t>(freed_.size(), 4)))];
            default: return 0x7f0000000000 + below(1u << 16) * 16ull;
        }
    }
    std::uint64_t take_live() {
        const std::size_t i = live_.size() - 1 - below(static_cast<std::uint32_t>(std::min<std::size_t>(live_.size(), 8)));
        const std::uint64_t at = live_[i];
        live_.erase(live_.begin() + static_cast<std::ptrdiff_t>(i));
        freed_.push_back(at);
        return at;
    }

    std::mt19937_64 random_;
    std::uint64_t last_ = 0x7f1234560000;
    std::vector<std::uint64_t> live_, freed_;
};

}  // namespace

TEST_CASE("every event comes back as it was written") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::vector<std::uint8_t> buffer(1 << 20);
        EventEncoder encoder;
        RandomEvents events(seed);
        Log written, read;
        std::uint8_t* out = buffer.data();
        for (int i = 0; i < 400 && out + kMaxEventSize + kDecoderPadding < buffer.data() + buffer.size(); ++i) {
            std::uint8_t* const end = events.write(encoder, out, written);
            REQUIRE(end - out <= static_cast<std::ptrdiff_t>(kMaxEventSize));
            out = end;
        }
        std::fill(out, out + kDecoderPadding, std::uint8_t{0});
        EventDecoder<Log> decoder(read);
        const auto stop = decoder.decode(buffer.data(), out);
        REQUIRE(stop.problem == nullptr);
        REQUIRE(stop.at == out);
        REQUIRE(read.lines == written.lines);
    }
}

TEST_CASE("decoding goes on where it ended, wherever that is") {
    std::vector<std::uint8_t> buffer(1 << 20);
    EventEncoder encoder;
    RandomEvents events(1);
    Log written, read;
    EventDecoder<Log> decoder(read);
    std::uint8_t* out = buffer.data();
    for (int i = 0; i < 100; ++i) {
        std::uint8_t* const end = events.write(encoder, out, written);
        const auto stop = decoder.decode(out, end);
        REQUIRE(stop.problem == nullptr);
        REQUIRE(stop.at == end);
        out = end;
    }
    CHECK(read.lines == written.lines);
}

TEST_CASE("events that were decoded ahead are those that are decoded at once, in damaged blocks too") {
    std::mt19937 random(7);
    constexpr std::size_t kFirst = sizeof(EventsPreamble);
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::vector<std::uint8_t> payload(kEventsCapacity + kDecoderPadding);
        EventEncoder encoder;
        RandomEvents events(seed);
        Log written;
        std::uint8_t* out = payload.data() + kFirst;
        while (out < payload.data() + 20'000) out = events.write(encoder, out, written);
        std::size_t size = static_cast<std::size_t>(out - payload.data());
        if (seed % 3 == 1) size -= random() % 1000;
        if (seed % 3 == 2) payload[kFirst + random() % (size - kFirst)] ^= static_cast<std::uint8_t>(1 + random() % 255);
        std::fill(payload.begin() + static_cast<std::ptrdiff_t>(size), payload.end(), std::uint8_t{0});

        Log at_once, later;
        at_once.stacks = later.stacks = seed % 5 == 4 ? 20 : UINT32_MAX;
        EventDecoder<Log> decoder(at_once), decoder_of_later(later);
        const auto stop = decoder.decode(payload.data() + kFirst, payload.data() + size);
        alloclens::core::DecodedEvents ahead;
        ahead.decode(payload.data(), size);
        const auto stop_of_later = ahead.visit(payload.data(), later, decoder_of_later);
        INFO("seed ", seed, ": ", stop.problem ? stop.problem : "whole");
        REQUIRE(later.lines == at_once.lines);
        REQUIRE(stop_of_later.at == stop.at);
        REQUIRE(std::string(stop_of_later.problem ? stop_of_later.problem : "") == (stop.problem ? stop.problem : ""));
    }
}

TEST_CASE("an event that is cut says so and where it begins") {
    std::vector<std::uint8_t> buffer(kMaxEventSize * 2);
    EventEncoder encoder;
    std::uint8_t* const first = encoder.allocation(buffer.data(), 1, 100, Allocator::malloc, 0x7f0000000010);
    std::uint8_t* const second = encoder.free(first, 0x7f0000999990);
    std::vector<std::uint8_t> cut(buffer.data(), second - 1);
    cut.resize(cut.size() + kDecoderPadding, 0);
    Log read;
    EventDecoder<Log> decoder(read);
    const auto stop = decoder.decode(cut.data(), cut.data() + (second - 1 - buffer.data()));
    CHECK(stop.problem != nullptr);
    CHECK(stop.at - cut.data() == first - buffer.data());
    CHECK(read.lines.size() == 1);
}
