#include "tracker/module/bottom_of_stack.hpp"

#include <cstdint>

namespace alloclens::module {
namespace {

template <typename T>
T* at(void* base, std::size_t offset) {
    return reinterpret_cast<T*>(static_cast<char*>(base) + offset);
}

/// Where the thread state names its innermost frame: cpython/pystate.h of each version, release builds on x86-64.
void** innermost_frame(void* thread, int minor) {
    if (minor <= 10) return at<void*>(thread, 24);                          // PyThreadState.frame
    if (minor == 11) return at<void*>(*at<void*>(thread, 56), 8);           // .cframe->current_frame
    if (minor == 12) return at<void*>(*at<void*>(thread, 56), 0);           // .cframe->current_frame
    return at<void*>(thread, 72);                                           // .current_frame
}

/// `recursion_depth` counts up until 3.10; later, what remains counts down and the limit stands behind it.
int* recursion_counter(void* thread, int minor) {
    constexpr std::size_t offsets[] = {32, 32, 32, 32, 28, 44, 48, 52};  // 3.8 to 3.15
    return at<int>(thread, offsets[minor - 8]);
}

}  // namespace

int minor_version() {
    static const int minor = static_cast<int>(PyLong_AsLong(PySys_GetObject("hexversion")) >> 16 & 0xff);
    return minor;
}

BottomOfStack::BottomOfStack() {
    const int minor = minor_version();
    void* thread = PyThreadState_Get();
    frame_ = innermost_frame(thread, minor);
    saved_ = *frame_;
    *frame_ = nullptr;

    // Only a counter that says what is known anyway is believed: the launcher is a few frames deep.
    int* counter = recursion_counter(thread, minor);
    const int limit = Py_GetRecursionLimit();
    const int used = minor <= 10 ? *counter : limit - *counter;
    if (used > 0 && used < 50 && (minor <= 10 || counter[1] == limit)) {
        depth_ = counter;
        used_ = minor <= 10 ? used : -used;
        *depth_ -= used_;
    }
}

BottomOfStack::~BottomOfStack() {
    *frame_ = saved_;
    if (depth_) *depth_ += used_;  // by difference: the program may have set another limit
}

}  // namespace alloclens::module
