// What both ends of the event stream expect to come next. An event that meets the expectation is one byte.
// Allocators reuse what was freed last, and loops allocate the same sizes at the same stacks, so most do.
#pragma once

#include <array>
#include <cstdint>

#include "layout.hpp"

namespace alloclens::format {

/// Forgets everything at the start of a block. About 15 kB, so that it stays in the first-level cache.
class Predictor {
  public:
    /// Sixteen bytes, so that it is found by a shift and compared at once.
    class Shape {
      public:
        constexpr Shape() = default;
        constexpr Shape(std::uint64_t size, Allocator allocator, std::uint64_t at)
            : address(at), size_and_allocator_(size | static_cast<std::uint64_t>(allocator) << 56) {}
        /// Makes it another one, at the same address. False when it was that already.
        bool become(std::uint64_t size, Allocator allocator) {
            const std::uint64_t wanted = size | static_cast<std::uint64_t>(allocator) << 56;
            if (size_and_allocator_ == wanted) [[likely]] return false;
            size_and_allocator_ = wanted;
            return true;
        }
        std::uint64_t size() const { return size_and_allocator_ & (kSizes - 1); }
        Allocator allocator() const { return static_cast<Allocator>(size_and_allocator_ >> 56); }

        std::uint64_t address = 0;  ///< of the last allocation with this shape

      private:
        std::uint64_t size_and_allocator_ = 0;
    };

    /// No allocation is that large.
    static constexpr std::uint64_t kSizes = 1ull << 56;

    void reset() { *this = Predictor{}; }

    std::uint32_t last_stack() const { return last_stack_; }
    std::uint32_t expected_stack() const { return successors_[slot(last_stack_)]; }
    /// Of the stack's last allocation (or of another one's that shares its place).
    const Shape& expected_shape(std::uint32_t stack) const { return shapes_[slot(stack)]; }

    std::uint64_t last_of_class(std::uint64_t size) const { return classes_[size_class(size)]; }
    std::uint64_t after_object(std::uint64_t size) const { return last_of_class(size) + ((size + 15) & ~15ull); }
    std::uint64_t after_chunk(std::uint64_t size) const { return last_of_class(size) + ((size + 23) & ~15ull); }

    /// `depth` 0 is the address freed last that has not been handed out again.
    std::uint64_t freed_at(unsigned depth) const { return freed_[(freed_top_ - depth) % kFreed]; }

    std::uint64_t last_freed() const { return last_freed_; }
    std::uint64_t second_freed() const { return second_freed_; }
    std::uint64_t freed_stride() const { return last_freed_ + (last_freed_ - second_freed_); }
    std::uint64_t last_allocated() const { return last_allocated_; }
    static std::uint32_t recent_place(std::uint64_t address) {
        return static_cast<std::uint32_t>((address * 0x9E3779B97F4A7C15ull) >> 54);
    }
    std::uint64_t recent(std::uint32_t place) const { return recent_[place % kRecent]; }

    void allocated(std::uint32_t stack, std::uint64_t size, Allocator allocator, std::uint64_t address) {
        follow(stack);
        allocated(shape_of(stack) = {size, allocator, address}, size, address);
    }

    // The same in the steps of the encoder, which writes only what differs.

    /// False when `stack` was expected.
    bool follow(std::uint32_t stack) {
        std::uint32_t& expected = successors_[slot(last_stack_)];
        last_stack_ = stack;
        if (expected == stack) [[likely]] return false;
        expected = stack;
        return true;
    }
    Shape& shape_of(std::uint32_t stack) { return shapes_[slot(stack)]; }
    void allocated(Shape& shape, std::uint64_t size, std::uint64_t address) {
        shape.address = address;
        classes_[size_class(size)] = address;
        recent_[recent_place(address)] = address;
        last_allocated_ = address;
    }

    /// The address at `depth` was handed out: those above it move down.
    void take_freed(unsigned depth) {
        for (unsigned i = depth; i > 0; --i) freed_[(freed_top_ - i) % kFreed] = freed_[(freed_top_ - i + 1) % kFreed];
        --freed_top_;
    }

    void freed(std::uint64_t address) {
        freed_[++freed_top_ % kFreed] = address;
        second_freed_ = last_freed_;
        last_freed_ = address;
    }

    /// A mapping event moves the stack only.
    void mapped(std::uint32_t stack) { last_stack_ = stack; }

  private:
    static constexpr std::uint32_t kSlots = 256;
    static constexpr std::uint32_t kRecent = 1024;
    static constexpr std::uint32_t kFreed = 16;
    static constexpr std::uint64_t kClasses = 64;

    static std::uint32_t slot(std::uint32_t stack) { return stack % kSlots; }
    static std::uint64_t size_class(std::uint64_t size) {
        const std::uint64_t c = (size + 15) >> 4;
        return c < kClasses ? c : kClasses - 1;
    }

    std::uint32_t last_stack_ = 0;
    std::uint32_t freed_top_ = 0;
    std::uint64_t last_freed_ = 0;
    std::uint64_t second_freed_ = 0;
    std::uint64_t last_allocated_ = 0;
    std::array<std::uint32_t, kSlots> successors_{};
    std::array<Shape, kSlots> shapes_{};
    std::array<std::uint64_t, kClasses> classes_{};
    std::array<std::uint64_t, kFreed> freed_{};
    std::array<std::uint64_t, kRecent> recent_{};
};

}  // namespace alloclens::format
