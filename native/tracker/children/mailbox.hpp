// Notes from child processes to the process whose capture will hold them: memory that a child shares with its parent,
// whether it was made by fork or by vfork. A child never touches its parent's capture itself.
#pragma once

#include <atomic>
#include <cstdint>

#include "child_note.hpp"

namespace alloclens::tracker {

/// Any process and thread may post; one reads. No lock: a poster may be killed at any time.
class Mailbox {
  public:
    /// A new one for this process; the one inherited from a parent is left to it. False when there is no memory.
    bool create();

    /// False when all places are taken: then it is counted.
    bool post(const ChildNote& note);
    /// How many notes found no place.
    std::uint32_t refused() const { return letters_ ? counts().refused.load(std::memory_order_relaxed) : 0; }

    bool has_mail() const { return letters_ && posted().load(std::memory_order_relaxed) != taken_; }

    template <class Visit>  // (const void* data, size)
    void take(Visit visit) {
        if (!has_mail()) return;
        taken_ = posted().load(std::memory_order_relaxed);
        for (std::uint32_t i = 0; i < kLetters; ++i) {
            Letter& letter = letters_[i];
            if (letter.state.load(std::memory_order_acquire) != kFull) continue;
            visit(letter.text, letter.size <= sizeof letter.text ? letter.size : 0);
            letter.state.store(kFree, std::memory_order_release);
        }
    }

  private:
    static constexpr std::uint32_t kLetters = 256;
    static constexpr std::uint32_t kFree = 0, kTaken = 1, kFull = 2;

    struct Letter {
        std::atomic<std::uint32_t> state;
        std::uint32_t size;
        char text[ChildNote::kCapacity];
    };

    /// Behind the letters.
    struct Counts {
        std::atomic<std::uint32_t> posted;  ///< ever
        std::atomic<std::uint32_t> refused;
    };
    Counts& counts() const { return *reinterpret_cast<Counts*>(letters_ + kLetters); }
    std::atomic<std::uint32_t>& posted() const { return counts().posted; }

    Letter* letters_ = nullptr;
    std::uint32_t taken_ = 0;
};

}  // namespace alloclens::tracker
