// Memory straight from the kernel: the tracker must not call the allocator that it watches.
#pragma once

#include <cerrno>
#include <cstddef>
#include <utility>

#include <pthread.h>
#include <sys/mman.h>

namespace alloclens::tracker {

/// The tracker's slow paths run inside somebody else's malloc, which does not change errno when it succeeds, and in which
/// no thread is cancelled.
class KeepErrno {
  public:
    KeepErrno() : saved_(errno) { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellation_); }
    ~KeepErrno() {
        pthread_setcancelstate(cancellation_, nullptr);
        errno = saved_;
    }
    KeepErrno(const KeepErrno&) = delete;
    KeepErrno& operator=(const KeepErrno&) = delete;

  private:
    int saved_, cancellation_ = PTHREAD_CANCEL_ENABLE;
};

/// Zeroed, private pages, given back at the end. Empty when the kernel had none.
class Pages {
  public:
    Pages() = default;
    explicit Pages(std::size_t size) {
        void* const mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (mapped != MAP_FAILED) data_ = mapped, size_ = size;
    }
    constexpr Pages(Pages&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    Pages& operator=(Pages&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~Pages() {
        if (data_) ::munmap(data_, size_);
    }

    explicit operator bool() const { return data_ != nullptr; }
    template <class T>
    T* as() const {
        return static_cast<T*>(data_);
    }
    std::size_t size() const { return size_; }

  private:
    void* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace alloclens::tracker
