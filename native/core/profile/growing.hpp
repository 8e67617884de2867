// An array of plain values that grows in place: what it outgrows is moved by the kernel, page by page, never copied. A
// vector of a million stacks would have its old and its new memory at once.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

namespace alloclens::core {

template <class T>
class Growing {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

  public:
    Growing() = default;
    explicit Growing(std::size_t count) { resize(count); }
    Growing(Growing&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)), room_(std::exchange(other.room_, 0)) {}
    Growing& operator=(Growing&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(room_, other.room_);
        return *this;
    }
    ~Growing() { release(data_, room_); }

    std::size_t size() const { return size_; }
    T& operator[](std::size_t i) { return data_[i]; }
    const T& operator[](std::size_t i) const { return data_[i]; }
    T& back() { return data_[size_ - 1]; }
    const T* begin() const { return data_; }
    const T* end() const { return data_ + size_; }

    void push_back(T value) {
        if (size_ == room_) [[unlikely]] make_room(size_ + 1);
        data_[size_++] = value;
    }
    void resize(std::size_t count, T value = T()) {
        if (count > room_) make_room(count);
        for (; size_ < count; ++size_) data_[size_] = value;
        size_ = count;
    }

  private:
    /// From here on memory comes from the kernel.
    static constexpr std::size_t kMapped = 256 * 1024;
    static constexpr std::size_t kPage = 4096;

    static std::size_t bytes_of(std::size_t room) { return (room * sizeof(T) + kPage - 1) / kPage * kPage; }
    static bool is_mapped(std::size_t room) { return room * sizeof(T) >= kMapped; }

    void make_room(std::size_t least) {
        // Twice as much costs addresses alone: what is not used has no memory.
        const std::size_t room = std::max({least, size_ * 2, std::size_t{16}});
        if (room > PTRDIFF_MAX / sizeof(T)) throw std::bad_alloc();
        T* moved;
        if (data_ && is_mapped(room_)) {
            void* const mapped = ::mremap(data_, bytes_of(room_), bytes_of(room), MREMAP_MAYMOVE);
            if (mapped == MAP_FAILED) throw std::bad_alloc();
            moved = static_cast<T*>(mapped);
        } else {
            moved = take(room);
            if (size_) std::memcpy(static_cast<void*>(moved), data_, size_ * sizeof(T));
            release(data_, room_);
        }
        data_ = moved;
        room_ = room;
    }
    static T* take(std::size_t room) {
        if (!is_mapped(room)) return static_cast<T*>(::operator new(room * sizeof(T), std::align_val_t{64}));
        void* const mapped = ::mmap(nullptr, bytes_of(room), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (mapped == MAP_FAILED) throw std::bad_alloc();
        return static_cast<T*>(mapped);
    }
    static void release(T* data, std::size_t room) {
        if (!data) return;
        if (is_mapped(room)) ::munmap(data, bytes_of(room));
        else ::operator delete(data, std::align_val_t{64});
    }

    T* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t room_ = 0;
};

}  // namespace alloclens::core
