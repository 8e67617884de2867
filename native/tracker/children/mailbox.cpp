#include "mailbox.hpp"

#include <cstring>

#include <sys/mman.h>

namespace alloclens::tracker {

bool Mailbox::create() {
    if (letters_) ::munmap(static_cast<void*>(letters_), (kLetters + 1) * sizeof(Letter));
    void* const memory = ::mmap(nullptr, (kLetters + 1) * sizeof(Letter), PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    letters_ = memory == MAP_FAILED ? nullptr : static_cast<Letter*>(memory);
    taken_ = 0;
    return letters_ != nullptr;
}

bool Mailbox::post(const ChildNote& note) {
    for (std::uint32_t i = 0; letters_ && i < kLetters; ++i) {
        std::uint32_t expected = kFree;
        if (!letters_[i].state.compare_exchange_strong(expected, kTaken, std::memory_order_acquire)) continue;
        letters_[i].size = static_cast<std::uint32_t>(note.size());
        std::memcpy(letters_[i].text, note.data(), note.size());
        letters_[i].state.store(kFull, std::memory_order_release);
        posted().fetch_add(1, std::memory_order_release);
        return true;
    }
    if (letters_) counts().refused.fetch_add(1, std::memory_order_relaxed);
    return false;
}

}  // namespace alloclens::tracker
