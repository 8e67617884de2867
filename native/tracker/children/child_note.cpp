#include "child_note.hpp"

#include <algorithm>
#include <cstring>
#include <ctime>

namespace alloclens::tracker {

ChildNote::ChildNote(format::Birth how, pid_t pid, const char* capture, const char* refusal, char* const* words) {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const auto time_us = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
    const format::ChildHeader header{time_us, static_cast<std::uint32_t>(pid), how, 0};
    std::memcpy(data_, &header, sizeof header);
    used_ = sizeof header;
    add(capture ? capture : "");
    add(refusal ? refusal : "");
    for (; words && *words && used_ < kCapacity; ++words) add(*words);
}

void ChildNote::add(const char* text) {
    if (used_ == kCapacity) return;
    const std::size_t length = std::min(std::strlen(text), kCapacity - used_ - 1);
    std::memcpy(data_ + used_, text, length);
    data_[used_ + length] = 0;
    used_ += length + 1;
}

}  // namespace alloclens::tracker
