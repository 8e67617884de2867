#include "aggregate.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/format/event_decoder.hpp"
#include "core/format/event_encoder.hpp"
#include "core/format/varint.hpp"

namespace alloclens::core {

namespace {

using format::EventEncoder;

class Writer {
  public:
    void number(std::uint64_t value) {
        std::uint8_t bytes[10];
        text_.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(format::put_varint(bytes, value) - bytes));
    }
    template <class Encode>
    void event(Encode encode) {
        const std::size_t before = text_.size();
        text_.resize(before + format::kMaxEventSize);
        auto* const out = reinterpret_cast<std::uint8_t*>(text_.data());
        text_.resize(static_cast<std::size_t>(encode(out + before) - out));
    }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

/// Numbers up to the end; all that follows a mistake are 0.
class Numbers {
  public:
    Numbers(const std::uint8_t* at, const std::uint8_t* end) : at_(at), end_(end) {}
    std::uint64_t next() {
        std::uint64_t value = 0;
        const std::uint8_t* const after = at_ ? format::get_varint(at_, end_, value) : nullptr;
        at_ = after;
        return after ? value : 0;
    }
    bool whole() const { return at_ == end_; }
    bool good() const { return at_ != nullptr; }
    std::size_t left() const { return at_ ? static_cast<std::size_t>(end_ - at_) : 0; }

  private:
    const std::uint8_t* at_;
    const std::uint8_t* end_;
};

EventEncoder::Text text(std::string_view value) { return {value.data(), value.size(), format::Encoding::utf8}; }

/// The program, as a capture's events define it.
std::string definitions(const Program& program) {
    Writer out;
    EventEncoder encoder;
    for (std::size_t i = 1; i < program.threads.size(); ++i) {
        const Thread& thread = program.threads[i];
        out.event([&](auto* at) { return encoder.define_thread(at, thread.kernel_id, thread.name.data(), thread.name.size()); });
    }
    for (std::size_t i = 1; i < program.regions.size(); ++i) {
        const Region& region = program.regions[i];
        out.event([&](auto* at) { return encoder.define_region(at, region.parent, region.name.data(), region.name.size()); });
    }
    for (std::uint32_t i = 1; i < program.codes.size(); ++i) {
        const Code& code = program.codes[i];
        const std::string_view lines = code.lines;
        out.event([&](auto* at) {
            return encoder.define_code(at, code.first_line, code.format, text(program.strings[code.file]), text(program.strings[code.name]),
                                       lines.data(), lines.size());
        });
        for (std::size_t done = format::kMaxBlob; done < lines.size(); done += format::kMaxBlob) {
            out.event([&](auto* at) { return encoder.more_lines(at, i, lines.data() + done, lines.size() - done); });
        }
    }
    for (std::uint32_t i = 1; i < program.stacks.size(); ++i) {
        const std::uint32_t parent = program.stacks[i].parent;
        const StackFrame& frame = program.frame(i);
        out.event([&](auto* at) {
            if (frame.native == 0) return encoder.define_stack(at, i, parent, frame.code, frame.instruction);
            const NativeFrame& native = program.natives[frame.native];
            return encoder.define_native_stack(at, i, parent, native.module, native.offset);
        });
    }
    return out.take();
}

void write(const Amount& amount, Writer& out) {
    out.number(amount.bytes);
    out.number(amount.allocations);
}

Amount amount(Numbers& in) {
    const std::uint64_t bytes = in.next();
    return {bytes, in.next()};
}

}  // namespace

std::string encode_aggregate(const Profile& profile) {
    const std::string program = definitions(profile.program());
    Writer out;
    const Profile::Counts counts = profile.counts();
    for (const std::uint64_t count : {counts.events, counts.frees_missed, counts.peak_time_us, counts.rss_pages, counts.peak_rss_pages,
                                      counts.peak_rss_time_us, profile.ledger().heap(), profile.ledger().peak()}) {
        out.number(count);
    }
    const std::vector<Timeline::Step> steps = profile.timeline().steps();
    for (const std::uint64_t count : {profile.timeline().step_us(), profile.timeline().now_us(), std::uint64_t{steps.size()}}) out.number(count);
    for (const Timeline::Step& step : steps) {
        out.number(step.heap);
        out.number(step.rss ? *step.rss + 1 : 0);
    }
    for (std::size_t i = 1; i < profile.program().regions.size(); ++i) out.number(profile.program().regions[i].entered);
    const Ledger& ledger = profile.ledger();
    out.number(ledger.accounts() - 1);
    for (std::uint32_t i = 1; i < ledger.accounts(); ++i) {
        const Who& who = ledger.whos()[ledger.who_of(i)];
        const Figures figures = profile.figures(i);
        out.number(ledger.stack_of(i));
        out.number(who.thread);
        out.number(who.region);
        out.number(static_cast<std::uint64_t>(who.allocator));
        for (const Amount& each : {figures.unfreed, figures.peak, figures.total, figures.temporary}) write(each, out);
    }
    out.number(counts.arenas);
    out.number(counts.peak_arenas);
    for (const Timeline::Step& step : steps) out.number(step.arenas);
    Writer length;
    length.number(program.size());
    return length.take() + program + out.take();
}

bool decode_aggregate(const std::uint8_t* data, std::size_t size, Profile& profile) {
    const std::uint8_t* const end = data + size;
    std::uint64_t length = 0;
    const std::uint8_t* at = format::get_varint(data, end, length);
    if (!at || length > static_cast<std::size_t>(end - at)) return false;
    std::vector<std::uint8_t> program(static_cast<std::size_t>(length) + format::kDecoderPadding);
    if (length) std::memcpy(program.data(), at, static_cast<std::size_t>(length));
    format::EventDecoder<Profile> decoder(profile);
    decoder.reset();
    if (decoder.decode(program.data(), program.data() + length).problem || profile.events() != 0) return false;

    Numbers in(at + length, end);
    Profile::Counts counts{};
    for (std::uint64_t* const count : {&counts.events, &counts.frees_missed, &counts.peak_time_us, &counts.rss_pages,
                                       &counts.peak_rss_pages, &counts.peak_rss_time_us}) {
        *count = in.next();
    }
    const std::uint64_t heap = in.next(), peak = in.next();
    const std::uint64_t step_us = in.next(), now_us = in.next(), steps = in.next();
    if (!in.good() || step_us == 0 || steps == 0 || steps > Timeline::kMaxSteps + 1) return false;
    std::vector<Timeline::Step> timeline(static_cast<std::size_t>(steps));
    for (Timeline::Step& step : timeline) {
        step.heap = in.next();
        if (const std::uint64_t rss = in.next()) step.rss = rss - 1;
    }
    std::vector<Region>& regions = profile.shared_program()->regions;
    for (std::size_t i = 1; i < regions.size(); ++i) regions[i].entered = in.next();
    const std::uint64_t accounts = in.next();
    if (accounts > in.left()) return false;
    const std::size_t stacks = profile.program().stacks.size(), threads = profile.program().threads.size();
    for (std::uint64_t i = 0; i < accounts; ++i) {
        const std::uint64_t stack = in.next(), thread = in.next(), region = in.next(), allocator = in.next();
        if (!in.good() || stack >= stacks || thread >= threads || region >= regions.size() || allocator > UINT8_MAX) return false;
        Figures figures;
        for (Amount* const each : {&figures.unfreed, &figures.peak, &figures.total, &figures.temporary}) *each = amount(in);
        profile.ledger_to_restore().restore(static_cast<std::uint32_t>(stack), static_cast<std::uint32_t>(thread),
                                            static_cast<std::uint32_t>(region), static_cast<format::Allocator>(allocator), figures);
    }
    counts.arenas = in.next();
    counts.peak_arenas = in.next();
    for (Timeline::Step& step : timeline) step.arenas = in.next();
    if (!in.whole()) return false;
    profile.ledger_to_restore().restore(heap, peak);
    profile.timeline_to_restore().restore(step_us, now_us, std::move(timeline), counts.arenas);
    profile.restore(counts);
    return true;
}

}  // namespace alloclens::core
