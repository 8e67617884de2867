// What is known of each place that calls return to: its object and its unwind rule. Found once, then a look-up without a
// lock, about 3 ns.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "loaded_objects.hpp"
#include "tracker/spin_lock.hpp"

namespace alloclens::tracker {

struct ReturnPlace {
    std::uintptr_t address = 0;
    UnwindRule rule;
    std::uint32_t object = 0;
    std::uintptr_t function = 0;  ///< where its piece of code begins
    enum class Part : std::uint8_t { unknown, other, loop };
    mutable std::atomic<Part> part{Part::unknown};  ///< whether it is in the interpreter's loop
};

class ReturnPlaces {
  public:
    /// Null when no object has code there, or the process forks and it is not known yet. `address` is behind a call; a
    /// place that was interrupted counts from the byte after it.
    const ReturnPlace* find(std::uintptr_t address) {
        if (const Table* const table = table_.load(std::memory_order_acquire)) [[likely]] {
            const std::uint32_t mask = table->mask;
            for (std::uint32_t at = hash(address) & mask;; at = (at + 1) & mask) {
                const std::uint32_t number = table->numbers()[at].load(std::memory_order_acquire);
                if (number == 0) break;
                if (place(number).address == address) [[likely]] return &place(number);
            }
        }
        return is_of_no_object(address) ? nullptr : add(address);
    }

    /// Rises when an object came to lie where another was: what is remembered of frames may be of code that is gone.
    std::uint32_t generation() const { return generation_.load(std::memory_order_relaxed); }

    LoadedObject& object(std::uint32_t number) { return objects_[number]; }
    /// Number of the object that holds this library; 0 when the process forks and it is not known yet.
    std::uint32_t own_object();

    /// Before a fork: what is not known yet stays so until `end_fork`, and no thread is inside the dynamic linker for us any
    /// more, whose lock the child would find taken for ever. False when one can't leave it. Takes no lock that another
    /// waits for.
    bool begin_fork();
    void end_fork() { forking_.fetch_sub(1, std::memory_order_release); }
    void end_fork_in_child();

  private:
    struct Table {
        std::uint32_t mask;
        std::atomic<std::uint32_t>* numbers() const {
            return reinterpret_cast<std::atomic<std::uint32_t>*>(reinterpret_cast<std::uintptr_t>(this) + 64);
        }
    };
    static constexpr std::uint32_t kMost = 1u << 22;
    static constexpr std::uint32_t kFirst = 1u << 13;
    static constexpr std::uint32_t kOfNoObject = 1024;

    static std::uint32_t hash(std::uintptr_t address) {
        return static_cast<std::uint32_t>((address * 0x9E3779B97F4A7C15ull) >> 32);
    }
    ReturnPlace& place(std::uint32_t number) const { return places_.as<ReturnPlace>()[number]; }

    /// Code that lies in no object, such as a JIT's: the linker is asked once, and again now and then, for an object may have
    /// come there since.
    bool is_of_no_object(std::uintptr_t address) {
        constexpr std::uint32_t kTrusted = 256;
        return of_no_object(address).load(std::memory_order_relaxed) == address &&
               trusted_.fetch_add(1, std::memory_order_relaxed) % kTrusted != kTrusted - 1;
    }
    std::atomic<std::uintptr_t>& of_no_object(std::uintptr_t address) { return of_no_object_[hash(address) % kOfNoObject]; }

    [[gnu::noinline]] const ReturnPlace* add(std::uintptr_t address);
    const ReturnPlace* add_found(std::uintptr_t address);
    bool make_room();
    static void insert(Table& table, std::uintptr_t address, std::uint32_t number);
    void forget();
    /// `hold_still` and the lock around it. False when the process forks: nothing was done.
    template <class Work>  // ()
    bool look(Work work);

    SpinLock lock_;  ///< taken inside the dynamic linker's, never around it
    LoadedObjects objects_;
    Pages places_;   ///< from 1; never moved
    std::uint32_t count_ = 1;
    std::atomic<Table*> table_{nullptr};
    std::array<std::atomic<std::uintptr_t>, kOfNoObject> of_no_object_{};  ///< addresses, forgotten when the list changes
    std::atomic<std::uint32_t> trusted_{0};
    std::atomic<std::uint32_t> generation_{1};
    std::uint32_t own_ = 0;
    std::atomic<std::uint32_t> forking_{0};  ///< threads that fork
    std::atomic<std::uint32_t> looking_{0};  ///< threads inside the dynamic linker
    std::atomic<std::uint32_t> forks_{0};    ///< of which this process is the youngest child
};

extern ReturnPlaces& return_places;

}  // namespace alloclens::tracker
