// Threads that do everything at once, while libraries come and go, processes are forked, and tracking starts and stops.
// A moment in `npm test`; ALLOCLENS_STRESS_SECONDS makes it longer.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include <csignal>
#include <dlfcn.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "allocating.h"
#include "tracking.hpp"

namespace alloclens::tracker {
namespace {

constexpr std::size_t kPage = 4096;

/// Blocks that any thread may take and free.
std::atomic<void*> shared[64];

/// One thread's calls, and what they must add up to.
class Worker {
  public:
    explicit Worker(unsigned seed) : random_(seed) {}
    ~Worker() { free_all(); }

    std::uint64_t bytes = 0, calls = 0;

    void step() {
        switch (below(10)) {
            case 0: return map();
            case 1: return unmap();
            case 2: return remap();
            case 3: return share(shared[below(64)].exchange(nullptr));
            case 4: return reallocate();
            case 5: case 6: return free_one();
            default: return allocate();
        }
    }

    void free_all() {
        for (void* const block : blocks_) release(block);
        blocks_.clear();
        while (!mappings_.empty()) unmap();
    }

  private:
    struct Mapping {
        char* address;
        std::size_t pages;
    };

    unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
    void asked(std::size_t size) { bytes += size, ++calls; }

    void allocate() {
        const std::size_t size = 1 + below(3000);  // `new` of nothing asks malloc for a byte
        asked(size);
        switch (below(4)) {
            case 0: return blocks_.push_back(keep_calloc(1, size));
            case 1: return blocks_.push_back(keep_memalign(64, size));
            case 2: return blocks_.push_back(keep_new(size));
            default: return blocks_.push_back(keep_malloc(size));
        }
    }
    void share(void* taken) {
        release(taken);
        if (blocks_.empty()) return;
        release(shared[below(64)].exchange(blocks_.back()));
        blocks_.pop_back();
    }
    void reallocate() {
        if (blocks_.empty()) return;
        const std::size_t size = below(9000) + 1;
        asked(size);
        blocks_.back() = keep_realloc(blocks_.back(), size);
    }
    void free_one() {
        if (blocks_.empty()) return;
        std::swap(blocks_[below(static_cast<unsigned>(blocks_.size()))], blocks_.back());
        release(blocks_.back());
        blocks_.pop_back();
    }
    void map() {
        const std::size_t pages = 1 + below(8);
        asked(pages * kPage);
        mappings_.push_back({static_cast<char*>(keep_mapping(pages * kPage)), pages});
    }
    void unmap() {
        if (mappings_.empty()) return;
        const Mapping mapping = mappings_.back();
        mappings_.pop_back();
        const std::size_t first = 1 + below(static_cast<unsigned>(mapping.pages));  // in two parts
        release_mapping(mapping.address, first * kPage);
        if (first < mapping.pages) release_mapping(mapping.address + first * kPage, (mapping.pages - first) * kPage);
    }
    void remap() {
        if (mappings_.empty()) return;
        Mapping& mapping = mappings_.back();
        const std::size_t pages = 1 + below(16);
        asked(pages * kPage);
        mapping.address = static_cast<char*>(keep_remapping(mapping.address, mapping.pages * kPage, pages * kPage));
        mapping.pages = pages;
    }

    std::mt19937 random_;
    std::vector<void*> blocks_;
    std::vector<Mapping> mappings_;
};

void free_shared() {
    for (std::atomic<void*>& block : shared) release(block.exchange(nullptr));
}

std::chrono::milliseconds time_to_take() {
    const char* const seconds = std::getenv("ALLOCLENS_STRESS_SECONDS");
    return std::chrono::milliseconds(seconds ? std::atoi(seconds) * 1000 : 700);
}

/// Runs `step` again and again until the time is over; `enough` ends the others.
template <class Step>
void for_some_time(Step step) {
    const auto end = std::chrono::steady_clock::now() + time_to_take();
    do {
        step();
    } while (std::chrono::steady_clock::now() < end);
}

void fork_once() {
    const pid_t child = ::fork();
    if (child == 0) {
        for (int i = 0; i < 20; ++i) release(keep_malloc(1000));
        ::_exit(7);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WEXITSTATUS(status) == 7);
}

/// A library that keeps its data in order while the process forks. It is there before the tracker, whose lock is taken then.
std::mutex of_library;
std::atomic<bool> library_is_used{false}, library_waits{false};
void before_fork_of_library() {
    if (!library_is_used) return;
    library_waits = true;
    of_library.lock();
}
void after_fork_of_library() {
    if (library_is_used) of_library.unlock();
}
[[maybe_unused]] const int registered = pthread_atfork(before_fork_of_library, after_fork_of_library, after_fork_of_library);

void load_once() {
    void* const library = ::dlopen(ALLOCLENS_CONSTRUCTING, RTLD_NOW);
    REQUIRE(library);
    ::dlclose(library);
}

}  // namespace

TEST_CASE("threads that pass blocks to each other add up to the byte, every time that they are tracked") {
    unsigned seed = 0;
    for_some_time([&] {
        Tracking tracking;
        std::uint64_t bytes = 0, calls = 0;
        {
            std::vector<Worker> workers;
            for (int i = 0; i < 6; ++i) workers.emplace_back(++seed);
            std::vector<std::thread> threads;
            for (Worker& worker : workers) {
                threads.emplace_back([&worker] {
                    for (int i = 0; i < 3000; ++i) worker.step();
                    worker.free_all();
                });
            }
            fork_once();
            for (std::thread& thread : threads) thread.join();
            for (const Worker& worker : workers) bytes += worker.bytes, calls += worker.calls;
        }
        free_shared();
        const core::Figures figures = tracking.stop();
        REQUIRE(figures.unfreed.bytes == 0);
        REQUIRE(figures.unfreed.allocations == 0);
        REQUIRE(figures.total.bytes == bytes);
        REQUIRE(figures.total.allocations == calls);
        REQUIRE(tracking.lost == 0);
    });
}

TEST_CASE("tracking starts and stops under running threads, libraries that come and go, and forks") {
    std::atomic<bool> enough{false};
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < 4; ++i) {
        threads.emplace_back([&enough, i] {
            Worker worker(i);
            while (!enough) worker.step();
        });
    }
    threads.emplace_back([&] {
        while (!enough) load_once();
    });
    threads.emplace_back([&] {
        while (!enough) std::thread([] { release(keep_malloc(10)); }).join();
    });
    for_some_time([] {
        Tracking tracking;  // reading checks that no block was handed out twice
        for (int i = 0; i < 5; ++i) fork_once();
        tracking.stop();
    });
    enough = true;
    for (std::thread& thread : threads) thread.join();
    free_shared();
}

TEST_CASE("a fork that waits for a library's lock goes on, though its holder allocates") {
    Tracking tracking;
    std::atomic<bool> holds{false};
    std::thread holder([&] {
        const std::lock_guard hold(of_library);
        holds = true;
        while (!library_waits) std::this_thread::yield();
        release(keep_malloc(1000));
    });
    while (!holds) std::this_thread::yield();
    library_is_used = true;
    fork_once();
    library_is_used = false;
    holder.join();
    const core::Figures figures = tracking.stop();
    CHECK(told(figures) == "peak 1000 in 1, unfreed 0 in 0, total 1000 in 1");
    CHECK(tracking.lost == 0);
}

TEST_CASE("a signal handler that interrupts the tracker loses its own events, counts them, and stops nobody") {
    static std::atomic<std::uint64_t> interrupted;
    interrupted = 0;
    struct sigaction ours {}, before {};
    ours.sa_handler = [](int) {
        release_mapping(keep_mapping(kPage), kPage);  // malloc must not be called here
        ++interrupted;
    };
    ours.sa_flags = SA_RESTART;
    ::sigaction(SIGALRM, &ours, &before);
    Tracking tracking;
    const itimerval often{{0, 200}, {0, 200}}, never{};
    ::setitimer(ITIMER_REAL, &often, nullptr);
    std::uint64_t calls = 0;
    for_some_time([&] {
        for (int i = 0; i < 1000; ++i) release(keep_malloc(100)), calls += 2;
    });
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &before, nullptr);
    tracking.stop();
    CHECK(interrupted > 0);
    // What an allocator that replaces the C library's was asked in the middle of its work can't be told from its own.
    const bool exact = below_allocator == Guard::recording;
    CHECK(tracking.events + tracking.lost <= calls + 2 * interrupted);
    CHECK((!exact || tracking.events + tracking.lost == calls + 2 * interrupted));
}

}  // namespace alloclens::tracker
