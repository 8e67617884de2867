// Writes events into a buffer. Allocates nothing and throws nothing: it runs inside the profiled program.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "layout.hpp"
#include "opcodes.hpp"
#include "predictor.hpp"
#include "varint.hpp"

namespace alloclens::format {

/// Each call writes one event at `out` and returns its end. The caller keeps kMaxEventSize bytes free.
class EventEncoder {
  public:
    void reset() { predictor_.reset(); }

    [[gnu::always_inline]] std::uint8_t* allocation(std::uint8_t* out, std::uint32_t stack, std::uint64_t size, Allocator allocator,
                             std::uint64_t address) {
        std::uint8_t* const head = out++;
        unsigned code = kStackPredicted | kShapePredicted;
        if (const std::uint32_t last = predictor_.last_stack(); predictor_.follow(stack)) {
            code -= kStackPredicted;
            out = put_varint(out, zigzag(static_cast<std::int64_t>(stack) - last));
        }
        Predictor::Shape& shape = predictor_.shape_of(stack);
        if (shape.become(size, allocator)) {
            code -= kShapePredicted;
            *out++ = static_cast<std::uint8_t>(allocator);
            out = put_varint(out, size);
        }
        const AllocationAddress mode = address_mode(shape, size, address);
        if (mode == AllocationAddress::delta) out = put_varint(out, pack_distance(predictor_.last_of_class(size), address));
        *head = static_cast<std::uint8_t>(code | static_cast<unsigned>(mode) << kAddressModeShift);
        predictor_.allocated(shape, size, address);
        return out;
    }

    [[gnu::always_inline]] std::uint8_t* free(std::uint8_t* out, std::uint64_t address, bool for_realloc = false) {
        const auto head = [for_realloc](unsigned mode) {
            return static_cast<std::uint8_t>(static_cast<unsigned>(EventKind::free) | (for_realloc ? kFreeForRealloc : 0u) |
                                             mode << kFreeModeShift);
        };
        if (address == predictor_.last_allocated()) {
            *out++ = head(static_cast<unsigned>(FreeAddress::allocated_last));
        } else if (address == predictor_.freed_stride()) {
            *out++ = head(static_cast<unsigned>(FreeAddress::stride));
        } else if (const std::uint32_t place = Predictor::recent_place(address); predictor_.recent(place) == address) {
            *out++ = head(static_cast<unsigned>(FreeAddress::recent) + (place >> 8));
            *out++ = static_cast<std::uint8_t>(place);
        } else {
            const std::uint64_t last = pack_distance(predictor_.last_freed(), address);
            const std::uint64_t second = pack_distance(predictor_.second_freed(), address);
            *out++ = head(static_cast<unsigned>(last <= second ? FreeAddress::delta_last : FreeAddress::delta_second));
            out = put_varint(out, std::min(last, second));
        }
        predictor_.freed(address);
        return out;
    }

    std::uint8_t* map(std::uint8_t* out, std::uint32_t stack, std::uint8_t flags, std::uint64_t address, std::uint64_t length) {
        out = stack_and_flags(control(out, Control::map), stack, flags);
        return put_varint(put_varint(out, address), length);
    }

    std::uint8_t* unmap(std::uint8_t* out, std::uint64_t address, std::uint64_t length) {
        return put_varint(put_varint(control(out, Control::unmap), address), length);
    }

    std::uint8_t* remap(std::uint8_t* out, std::uint32_t stack, std::uint8_t flags, std::uint64_t old_address,
                        std::uint64_t old_length, std::uint64_t address, std::uint64_t length) {
        out = stack_and_flags(control(out, Control::remap), stack, flags);
        out = put_varint(put_varint(out, old_address), old_length);
        return put_varint(put_varint(out, address), length);
    }

    std::uint8_t* make_writable(std::uint8_t* out, std::uint32_t stack, std::uint64_t address, std::uint64_t length) {
        out = stack_distance(control(out, Control::make_writable), stack);
        return put_varint(put_varint(out, address), length);
    }

    std::uint8_t* aborting(std::uint8_t* out) { return control(out, Control::aborting); }

    std::uint8_t* realloc_failed(std::uint8_t* out, std::uint64_t address) {
        return put_varint(control(out, Control::realloc_failed), address);
    }

    std::uint8_t* thread(std::uint8_t* out, std::uint32_t id) { return put_varint(control(out, Control::thread), id); }

    std::uint8_t* define_thread(std::uint8_t* out, std::uint64_t kernel_id, const char* name, std::size_t length) {
        return blob(put_varint(control(out, Control::define_thread), kernel_id), name, length);
    }

    std::uint8_t* thread_name(std::uint8_t* out, const char* name, std::size_t length) {
        return blob(control(out, Control::thread_name), name, length);
    }

    std::uint8_t* define_region(std::uint8_t* out, std::uint32_t parent, const char* name, std::size_t length) {
        return blob(put_varint(control(out, Control::define_region), parent), name, length);
    }

    std::uint8_t* region(std::uint8_t* out, std::uint32_t id) { return put_varint(control(out, Control::region), id); }

    std::uint8_t* region_entered(std::uint8_t* out, std::uint32_t id) {
        return put_varint(control(out, Control::region_entered), id);
    }

    struct Text {
        const void* data = nullptr;
        std::size_t bytes = 0;
        Encoding encoding = Encoding::utf8;
    };

    /// Line tables longer than kMaxBlob are continued with `more_lines`.
    std::uint8_t* define_code(std::uint8_t* out, std::uint32_t first_line, LineTable format, Text file, Text name,
                              const void* lines, std::size_t lines_length) {
        out = put_varint(control(out, Control::define_code), first_line);
        *out++ = static_cast<std::uint8_t>(format);
        return blob(text(text(out, file), name), lines, lines_length);
    }

    std::uint8_t* more_lines(std::uint8_t* out, std::uint32_t code, const void* lines, std::size_t length) {
        return blob(put_varint(control(out, Control::more_lines), code), lines, length);
    }

    /// `instruction` counts code units of two bytes from 1; 0 means that the frame has not started.
    std::uint8_t* define_stack(std::uint8_t* out, std::uint32_t id, std::uint32_t parent, std::uint32_t code,
                               std::uint32_t instruction) {
        out = put_varint(control(out, Control::define_stack), id - parent);
        return put_varint(put_varint(out, code), instruction);
    }

    std::uint8_t* define_native_stack(std::uint8_t* out, std::uint32_t id, std::uint32_t parent, std::uint32_t module,
                                      std::uint64_t offset) {
        out = put_varint(control(out, Control::define_native_stack), id - parent);
        return put_varint(put_varint(out, module), offset);
    }

    std::uint8_t* time(std::uint8_t* out, std::uint64_t microseconds_since_last) {
        return put_varint(control(out, Control::time), microseconds_since_last);
    }

    std::uint8_t* rss(std::uint8_t* out, std::int64_t pages_since_last) {
        return put_varint(control(out, Control::rss), zigzag(pages_since_last));
    }

  private:
    [[gnu::always_inline]] AllocationAddress address_mode(const Predictor::Shape& shape, std::uint64_t size, std::uint64_t address) {
        if (address == predictor_.freed_at(0)) return predictor_.take_freed(0), AllocationAddress::freed_last;
        if (address == predictor_.after_object(size)) return AllocationAddress::after_object;
        if (address == predictor_.after_chunk(size)) return AllocationAddress::after_chunk;
        if (address == predictor_.freed_at(1)) return predictor_.take_freed(1), AllocationAddress::freed_second;
        if (address == predictor_.freed_at(2)) return predictor_.take_freed(2), AllocationAddress::freed_third;
        if (address == shape.address) return AllocationAddress::same_stack;
        return AllocationAddress::delta;
    }

    std::uint8_t* stack_and_flags(std::uint8_t* out, std::uint32_t stack, std::uint8_t flags) {
        out = stack_distance(out, stack);
        *out++ = flags;
        return out;
    }

    std::uint8_t* stack_distance(std::uint8_t* out, std::uint32_t stack) {
        out = put_varint(out, zigzag(static_cast<std::int64_t>(stack) - predictor_.last_stack()));
        predictor_.mapped(stack);
        return out;
    }

    static std::uint8_t* control(std::uint8_t* out, Control what) {
        *out++ = static_cast<std::uint8_t>(static_cast<unsigned>(EventKind::control) | static_cast<unsigned>(what) << kControlShift);
        return out;
    }

    static std::uint8_t* blob(std::uint8_t* out, const void* data, std::size_t length) {
        length = std::min(length, kMaxBlob);
        out = put_varint(out, length);
        if (length) std::memcpy(out, data, length);
        return out + length;
    }

    static std::uint8_t* text(std::uint8_t* out, Text value) {
        *out++ = static_cast<std::uint8_t>(value.encoding);
        return blob(out, value.data, value.bytes);
    }

    Predictor predictor_;
};

}  // namespace alloclens::format
