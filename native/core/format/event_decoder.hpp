// Reads the events of a block: the mirror of event_encoder.hpp. Trusts no byte.
// About 6 ns an event with a visitor that does nothing (native/core/bench).
#pragma once

#include <cstddef>
#include <cstdint>

#include "layout.hpp"
#include "opcodes.hpp"
#include "predictor.hpp"
#include "varint.hpp"

namespace alloclens::format {

/// So many zero bytes must follow the end of what is decoded: bounds are then checked once an event, not once a byte.
inline constexpr std::size_t kDecoderPadding = 64;

/// A recorded piece of bytes; valid during the call only.
struct Bytes {
    const std::uint8_t* data = nullptr;
    std::size_t size = 0;
};
struct RecordedText {
    Bytes bytes;
    Encoding encoding = Encoding::utf8;
};

/// Calls one method of the visitor an event, named as in the encoder. `allocation`, `map`, `remap`, `make_writable`, `thread`,
/// `more_lines`, `define_stack` and those of regions return false when they name an id that was never defined; the rest return nothing.
/// A visitor with `control(event, last_stack)` is told of all others than allocations and frees, before their own call.
template <class Visitor>
class EventDecoder {
  public:
    struct Stop {
        const std::uint8_t* at;  ///< the end, or the beginning of the event that is wrong
        const char* problem;     ///< null when all went well
    };

    explicit EventDecoder(Visitor& visitor) : visitor_(visitor) {}

    /// At the beginning of a block.
    void reset() { predictor_.reset(); }

    /// Decodes whole events from `in` up to exactly `end`.
    Stop decode(const std::uint8_t* in, const std::uint8_t* end) {
        end_ = end;
        while (in < end) {
            const std::uint8_t* const event = in;
            problem_ = nullptr;
            const std::uint8_t head = *in++;
            switch (static_cast<EventKind>(head & 3)) {
                case EventKind::allocation: in = allocation(head, in); break;
                case EventKind::free: in = free(head, in); break;
                case EventKind::control:
                    if constexpr (requires { visitor_.control(event, std::uint32_t{}); }) visitor_.control(event, predictor_.last_stack());
                    in = control(static_cast<Control>(head >> kControlShift), in);
                    break;
                default: in = fail("an unknown kind of event");
            }
            if (!in) return {event, problem_ ? problem_ : kTooLong};
        }
        return {in, nullptr};
    }

    /// Decodes one event that is neither an allocation nor a free, of whose kind `control` of a visitor was told.
    Stop decode_control(const std::uint8_t* event, const std::uint8_t* end, std::uint32_t last_stack) {
        end_ = end;
        problem_ = nullptr;
        predictor_.mapped(last_stack);
        const std::uint8_t* const in = control(static_cast<Control>(*event >> kControlShift), event + 1);
        if (!in) return {event, problem_ ? problem_ : kTooLong};
        return {in, nullptr};
    }

    static constexpr const char* kUndefined = "an event that names an id which was never defined";

  private:
    using In = const std::uint8_t*;

    In allocation(std::uint8_t head, In in) {
        if (head & 0x80) return fail("an unknown kind of allocation");
        std::uint32_t stack = predictor_.expected_stack();
        if (!(head & kStackPredicted) && !(in = stack_distance(in, stack))) return nullptr;
        const Predictor::Shape shape = predictor_.expected_shape(stack);
        std::uint64_t size = shape.size();
        // Not of one byte: where one was put aside as a byte, the processor waits when it is taken up as a word.
        std::uint64_t kind = static_cast<std::uint64_t>(shape.allocator());
        if (!(head & kShapePredicted)) {
            kind = *in++;
            if (!(in = number(in, size))) return nullptr;
        }
        if (kind == 0 || size >= Predictor::kSizes) return fail("an allocation of an impossible size or kind");
        std::uint64_t address = 0;
        switch (static_cast<AllocationAddress>(head >> kAddressModeShift)) {
            case AllocationAddress::delta: {
                std::uint64_t distance;
                if (!(in = number(in, distance))) return nullptr;
                address = unpack_distance(predictor_.last_of_class(size), distance);
                break;
            }
            case AllocationAddress::freed_last: address = predictor_.freed_at(0), predictor_.take_freed(0); break;
            case AllocationAddress::freed_second: address = predictor_.freed_at(1), predictor_.take_freed(1); break;
            case AllocationAddress::freed_third: address = predictor_.freed_at(2), predictor_.take_freed(2); break;
            case AllocationAddress::same_stack: address = shape.address; break;
            case AllocationAddress::after_object: address = predictor_.after_object(size); break;
            case AllocationAddress::after_chunk: address = predictor_.after_chunk(size); break;
            default: return fail("an unknown kind of address");
        }
        if (in > end_) return fail(kCut);
        if (address > kMaxAddress) return fail(kNoAddress);
        const auto allocator = static_cast<Allocator>(kind);
        predictor_.allocated(stack, size, allocator, address);
        return visitor_.allocation(stack, size, allocator, address) ? in : fail(kUndefined);
    }

    In free(std::uint8_t head, In in) {
        const unsigned mode = head >> kFreeModeShift;
        std::uint64_t address;
        switch (static_cast<FreeAddress>(mode)) {
            case FreeAddress::allocated_last: address = predictor_.last_allocated(); break;
            case FreeAddress::stride: address = predictor_.freed_stride(); break;
            case FreeAddress::delta_last:
            case FreeAddress::delta_second: {
                std::uint64_t distance;
                if (!(in = number(in, distance))) return nullptr;
                const bool last = mode == static_cast<unsigned>(FreeAddress::delta_last);
                address = unpack_distance(last ? predictor_.last_freed() : predictor_.second_freed(), distance);
                break;
            }
            default: {
                const unsigned high = mode - static_cast<unsigned>(FreeAddress::recent);
                if (high > 3) return fail("an unknown kind of free");
                address = predictor_.recent(high << 8 | *in++);
            }
        }
        if (in > end_) return fail(kCut);
        if (address > kMaxAddress) return fail(kNoAddress);
        predictor_.freed(address);
        visitor_.free(address, (head & kFreeForRealloc) != 0);
        return in;
    }

    In control(Control what, In in) {
        switch (what) {
            case Control::thread: return thread(in);
            case Control::define_thread: return define_thread(in);
            case Control::define_code: return define_code(in);
            case Control::more_lines: return more_lines(in);
            case Control::define_stack: return define_stack(in);
            case Control::define_native_stack: return define_native_stack(in);
            case Control::time: return numbers<1>(in, [this](auto& n) { visitor_.time(n[0]); return true; });
            case Control::rss: return numbers<1>(in, [this](auto& n) { visitor_.rss(unzigzag(n[0])); return true; });
            case Control::map: return map(in);
            case Control::unmap: return numbers<2>(in, [this](auto& n) { visitor_.unmap(n[0], n[1]); return true; });
            case Control::remap: return remap(in);
            case Control::make_writable: return make_writable(in);
            case Control::aborting: visitor_.aborting(); return in;
            case Control::realloc_failed: return realloc_failed(in);
            case Control::thread_name: return thread_name(in);
            case Control::define_region: return define_region(in);
            case Control::region: return id(in, [this](std::uint32_t region) { return visitor_.region(region); });
            case Control::region_entered: return id(in, [this](std::uint32_t region) { return visitor_.region_entered(region); });
        }
        return fail("an unknown kind of control event");
    }

    In thread(In in) {
        return id(in, [this](std::uint32_t thread) { return visitor_.thread(thread); });
    }

    template <class Call>
    In id(In in, Call&& call) {
        return numbers<1>(in, [&call](auto& n) { return n[0] <= UINT32_MAX && call(static_cast<std::uint32_t>(n[0])); });
    }

    In define_region(In in) {
        std::uint64_t parent;
        Bytes name;
        if (!(in = number(in, parent)) || !(in = blob(in, name))) return nullptr;
        return parent <= UINT32_MAX && visitor_.define_region(static_cast<std::uint32_t>(parent), name) ? in : fail(kUndefined);
    }

    In define_thread(In in) {
        std::uint64_t kernel_id;
        Bytes name;
        if (!(in = number(in, kernel_id)) || !(in = blob(in, name))) return nullptr;
        visitor_.define_thread(kernel_id, name);
        return in;
    }

    In thread_name(In in) {
        Bytes name;
        if (!(in = blob(in, name))) return nullptr;
        visitor_.thread_name(name);
        return in;
    }

    In define_code(In in) {
        std::uint64_t first_line;
        if (!(in = number(in, first_line))) return nullptr;
        const std::uint8_t format = *in++;
        RecordedText file, name;
        Bytes lines;
        if (!(in = text(in, file)) || !(in = text(in, name)) || !(in = blob(in, lines))) return nullptr;
        if (format > static_cast<unsigned>(LineTable::locations)) return fail("an unknown kind of line table");
        if (first_line > INT32_MAX) return fail("an impossible line number");
        visitor_.define_code(static_cast<std::uint32_t>(first_line), static_cast<LineTable>(format), file, name, lines);
        return in;
    }

    In more_lines(In in) {
        std::uint64_t code;
        Bytes lines;
        if (!(in = number(in, code)) || !(in = blob(in, lines))) return nullptr;
        return code <= UINT32_MAX && visitor_.more_lines(static_cast<std::uint32_t>(code), lines) ? in : fail(kUndefined);
    }

    In define_stack(In in) {
        return numbers<3>(in, [this](auto& n) {
            if (n[0] == 0 || n[0] > UINT32_MAX || n[1] > UINT32_MAX || n[2] > UINT32_MAX) return false;
            return visitor_.define_stack(static_cast<std::uint32_t>(n[0]), static_cast<std::uint32_t>(n[1]),
                                         static_cast<std::uint32_t>(n[2]));
        });
    }

    In define_native_stack(In in) {
        return numbers<3>(in, [this](auto& n) {
            if (n[0] == 0 || n[0] > UINT32_MAX || n[1] > UINT32_MAX) return false;
            return visitor_.define_native_stack(static_cast<std::uint32_t>(n[0]), static_cast<std::uint32_t>(n[1]), n[2]);
        });
    }

    In map(In in) {
        std::uint32_t stack;
        if (!(in = stack_distance(in, stack))) return nullptr;
        const std::uint8_t flags = *in++;
        return numbers<2>(in, [&](auto& n) {
            predictor_.mapped(stack);
            return visitor_.map(stack, flags, n[0], n[1]);
        });
    }

    In remap(In in) {
        std::uint32_t stack;
        if (!(in = stack_distance(in, stack))) return nullptr;
        const std::uint8_t flags = *in++;
        return numbers<4>(in, [&](auto& n) {
            predictor_.mapped(stack);
            return visitor_.remap(stack, flags, n[0], n[1], n[2], n[3]);
        });
    }

    In make_writable(In in) {
        std::uint32_t stack;
        if (!(in = stack_distance(in, stack))) return nullptr;
        return numbers<2>(in, [&](auto& n) {
            predictor_.mapped(stack);
            return visitor_.make_writable(stack, n[0], n[1]);
        });
    }

    In realloc_failed(In in) {
        std::uint64_t address;
        if (!(in = number(in, address))) return nullptr;
        if (in > end_) return fail(kCut);
        if (address > kMaxAddress) return fail(kNoAddress);
        visitor_.realloc_failed(address);
        return in;
    }

    In stack_distance(In in, std::uint32_t& stack) {
        std::uint64_t distance;
        if (!(in = number(in, distance))) return nullptr;
        const std::uint64_t id = predictor_.last_stack() + static_cast<std::uint64_t>(unzigzag(distance));
        stack = static_cast<std::uint32_t>(id);
        return id <= UINT32_MAX ? in : fail(kUndefined);
    }

    template <std::size_t Count, class Call>
    In numbers(In in, Call&& call) {
        std::uint64_t values[Count];
        for (std::uint64_t& value : values) {
            if (!(in = number(in, value))) return nullptr;
        }
        if (in > end_) return fail(kCut);
        return call(values) ? in : fail(kUndefined);
    }

    In blob(In in, Bytes& out) {
        std::uint64_t length;
        if (!(in = number(in, length))) return nullptr;
        if (in > end_ || length > kMaxBlob || length > static_cast<std::uint64_t>(end_ - in)) return fail(kCut);
        out = {in, static_cast<std::size_t>(length)};
        return in + length;
    }

    In text(In in, RecordedText& out) {
        const std::uint8_t encoding = *in++;
        if (encoding > 4 || encoding == 3) return fail("an unknown encoding of a name");
        out.encoding = static_cast<Encoding>(encoding);
        return blob(in, out.bytes);
    }

    /// May run into the padding, whose zeros end it; the caller compares with the end.
    static In number(In in, std::uint64_t& value) {
        if (*in < 0x80) [[likely]] {
            value = *in;
            return in + 1;
        }
        return get_varint(in, in + 10, value);
    }

    In fail(const char* problem) {
        problem_ = problem;
        return nullptr;
    }

    static constexpr std::uint64_t kMaxAddress = (1ull << 56) - 1;  // x86-64 with five levels of pages has 2^56 for programs
    static constexpr const char* kNoAddress = "an address that no program has";
    static constexpr const char* kCut = "an event that runs past the end of its block";
    static constexpr const char* kTooLong = "a number that is too long";

    Visitor& visitor_;
    Predictor predictor_;
    In end_ = nullptr;
    const char* problem_ = nullptr;
};

}  // namespace alloclens::format
