#include "return_places.hpp"

#include <mutex>
#include <new>

#include <sys/mman.h>

#include "tracker/hooks/loader_lock.hpp"

namespace alloclens::tracker {
namespace {

union Undying {
    Undying() : places() {}
    ~Undying() {}
    ReturnPlaces places;
};
Undying undying;

}  // namespace

ReturnPlaces& return_places = undying.places;

template <class Work>
bool ReturnPlaces::look(Work work) {
    const std::uint32_t forks = forks_.load(std::memory_order_relaxed);
    looking_.fetch_add(1);
    const bool may = forking_.load() == 0;  // after it was counted, as begin_fork looks for it after it has forbidden
    if (may) {
        objects_.hold_still([&](LoadedObjects::Change change) {
            const std::lock_guard hold(lock_);
            if (change != LoadedObjects::Change::none) {
                for (auto& address : of_no_object_) address.store(0, std::memory_order_relaxed);
            }
            if (change == LoadedObjects::Change::replaced) forget();
            work();
        });
    }
    // A signal handler may have forked meanwhile, and its child has begun to count anew.
    if (forks == forks_.load(std::memory_order_relaxed)) looking_.fetch_sub(1, std::memory_order_release);
    return may;
}

const ReturnPlace* ReturnPlaces::add(std::uintptr_t address) {
    const KeepErrno keep;
    const ReturnPlace* found = nullptr;
    look([&] { found = add_found(address); });
    return found;
}

bool ReturnPlaces::begin_fork() {
    const KeepErrno keep;
    forking_.fetch_add(1);
    for (int round = 0; looking_.load() != 0; ++round) {
        if (round == 20'000) return false;  // about a second
        sleep_for_a_moment();
    }
    return true;
}

void ReturnPlaces::end_fork_in_child() {
    forking_.store(may_ask_loader() ? 0 : 1, std::memory_order_relaxed);
    looking_.store(0, std::memory_order_relaxed);
    forks_.fetch_add(1, std::memory_order_relaxed);
    lock_.unlock();
}

const ReturnPlace* ReturnPlaces::add_found(std::uintptr_t address) {
    const std::uint32_t object = objects_.find(address - 1);
    if (object == 0) of_no_object(address).store(address, std::memory_order_relaxed);
    if (object == 0 || !make_room()) return nullptr;
    const FoundRule found = find_unwind_rule(objects_[object].unwinding, address - 1);
    ReturnPlace& added = place(count_);
    added.address = address;
    added.rule = found.rule;
    added.function = found.function;
    added.object = object;
    insert(*table_.load(std::memory_order_relaxed), address, count_);
    return &place(count_++);
}

/// At most half full. A table that was outgrown stays: another thread may read it, and all of them together are no
/// larger than the last.
bool ReturnPlaces::make_room() {
    if (!places_) places_ = Pages(kMost * sizeof(ReturnPlace));
    if (!places_ || count_ == kMost) return false;
    Table* const old = table_.load(std::memory_order_relaxed);
    if (old && count_ * 2 < old->mask) return true;
    const std::uint32_t capacity = old ? (old->mask + 1) * 2 : kFirst;
    void* const memory = ::mmap(nullptr, 64 + capacity * sizeof(std::uint32_t), PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return false;
    Table* const table = new (memory) Table{capacity - 1};
    if (old) {
        for (std::uint32_t i = 0; i <= old->mask; ++i) {
            if (const std::uint32_t number = old->numbers()[i].load(std::memory_order_relaxed)) {
                insert(*table, place(number).address, number);
            }
        }
    }
    table_.store(table, std::memory_order_release);
    return true;
}

void ReturnPlaces::insert(Table& table, std::uintptr_t address, std::uint32_t number) {
    std::uint32_t at = hash(address) & table.mask;
    while (table.numbers()[at].load(std::memory_order_relaxed) != 0) at = (at + 1) & table.mask;
    table.numbers()[at].store(number, std::memory_order_release);
}

/// Takes out the places in objects that were replaced. A thread that misses one of the others meanwhile comes for the lock.
void ReturnPlaces::forget() {
    generation_.fetch_add(1, std::memory_order_relaxed);
    Table* const table = table_.load(std::memory_order_relaxed);
    if (!table) return;
    for (std::uint32_t i = 0; i <= table->mask; ++i) table->numbers()[i].store(0, std::memory_order_relaxed);
    for (std::uint32_t i = 1; i < count_; ++i) {
        if (!objects_[place(i).object].replaced) insert(*table, place(i).address, i);
    }
}

std::uint32_t ReturnPlaces::own_object() {
    if (own_ == 0) look([&] { own_ = objects_.find(reinterpret_cast<std::uintptr_t>(&undying)); });
    return own_;
}

}  // namespace alloclens::tracker
