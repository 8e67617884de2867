// What each call counts as: the rules of docs/measures.md, with the real calls, to the byte.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include "allocating.h"
#include "tracking.hpp"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

namespace alloclens::tracker {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kTooMuch = SIZE_MAX / 2;

char* at(void* base, std::size_t offset) { return static_cast<char*>(base) + offset; }

void* reserve(std::size_t length) { return call_mmap(nullptr, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1); }

}  // namespace

TEST_CASE("every function of malloc's family counts the bytes that were asked for, once") {
    const std::string text(99, 'x');
    CHECK(figures_of([&] {
        void* const blocks[] = {keep_malloc(1000), keep_calloc(3, 700), keep_aligned_alloc(64, 128), keep_memalign(4096, 10),
                                keep_posix_memalign(256, 1), keep_valloc(5), keep_reallocarray(nullptr, 2, 50),
                                keep_malloc_by_name(77), keep_strdup(text.c_str()), keep_new(33), keep_realloc(nullptr, 9)};
        for (void* const block : blocks) release(block);
    }) == "peak 3563 in 11, unfreed 0 in 0, total 3563 in 11");
}

TEST_CASE("pvalloc counts what was asked for, not the pages that it hands out") {
    CHECK(figures_of([] { release(keep_pvalloc(4097)); }) == "peak 4097 in 1, unfreed 0 in 0, total 4097 in 1");
}

TEST_CASE("every way to free is a free") {
    CHECK(figures_of([] {
        release_old(keep_malloc(10));
        void* const sized = keep_malloc(20);
        if (!release_sized(sized, 20)) release(sized);
        void* const aligned = keep_aligned_alloc(64, 64);
        if (!release_aligned_sized(aligned, 64, 64)) release(aligned);
        release_new(keep_new(30));
        release_new_sized(keep_new(40), 40);
        release_new_aligned(keep_new_aligned(64));
        release(nullptr);
    }) == "peak 64 in 1, unfreed 0 in 0, total 228 in 6");
}

TEST_CASE("realloc is a free and an allocation, whether it grows, shrinks or stays") {
    CHECK(figures_of([] {
        void* block = keep_realloc(nullptr, 100);
        block = keep_realloc(block, 100'000);
        block = keep_realloc(block, 100'000);
        block = keep_realloc(block, 10);
        keep_reallocarray(block, 4, 5);
    }) == "peak 100000 in 1, unfreed 20 in 1, total 200130 in 5");
}

TEST_CASE("a realloc to zero bytes frees") {
    CHECK(figures_of([] {
        void* const left = keep_realloc(keep_malloc(100), 0);
        CHECK(left == nullptr);
    }) == "peak 100 in 1, unfreed 0 in 0, total 100 in 1");
}

TEST_CASE("a realloc that fails changes nothing") {
    CHECK(figures_of([] {
        void* const block = keep_malloc(100);
        CHECK(keep_realloc(block, kTooMuch) == nullptr);
        CHECK(keep_reallocarray(block, kTooMuch, 3) == nullptr);
    }) == "peak 100 in 1, unfreed 100 in 1, total 100 in 1");
}

TEST_CASE("a request for no bytes is a block of no bytes") {
    CHECK(figures_of([] {
        keep_malloc(0);
        keep_calloc(0, 8);
        release(keep_calloc(8, 0));
    }) == "peak 0 in 2, unfreed 0 in 2, total 0 in 3");
}

TEST_CASE("a request that fails or overflows counts nothing") {
    CHECK(figures_of([] {
        CHECK(keep_malloc(kTooMuch) == nullptr);
        CHECK(keep_calloc(kTooMuch, 3) == nullptr);
        CHECK(keep_reallocarray(nullptr, kTooMuch, 3) == nullptr);
        CHECK(keep_posix_memalign(16, kTooMuch) == nullptr);
        CHECK(keep_aligned_alloc(16, kTooMuch - 15) == nullptr);
    }) == "peak 0 in 0, unfreed 0 in 0, total 0 in 0");
}

TEST_CASE("a free in another thread is the block's free") {
    CHECK(figures_of([] {
        void* const block = keep_malloc(5000);
        void* const mapping = keep_mapping(5000);
        std::thread([=] { release(block), release_mapping(mapping, 5000); }).join();
    }) == "peak 10000 in 2, unfreed 0 in 0, total 10000 in 2");
}

TEST_CASE("what was allocated before tracking is freed without a trace, and counts from its realloc on") {
    void* const block = keep_malloc(1000);
    void* const other = keep_malloc(1000);
    void* const mapping = keep_mapping(10 * kPage);
    CHECK(figures_of([&] {
        release(block);
        release_mapping(mapping, 10 * kPage);
        keep_realloc(other, 300);
    }) == "peak 300 in 1, unfreed 300 in 1, total 300 in 1");
}

TEST_CASE("an address that is used again is the new block's") {
    CHECK(figures_of([] {
        for (std::size_t size = 100; size < 200; ++size) release(keep_malloc(size));
        keep_malloc(50);
    }) == "peak 199 in 1, unfreed 50 in 1, total 15000 in 101");
}

TEST_CASE("of several moments of the same height the last is the peak") {
    CHECK(figures_of([] {
        void* const one = keep_malloc(100);
        release(one);
        void* const half = keep_malloc(50);
        void* const rest = keep_malloc(50);
        release(half);
        release(rest);
    }) == "peak 100 in 2, unfreed 0 in 0, total 200 in 3");
}

TEST_CASE("the allocator's own count agrees with the blocks that are live") {
    const auto in_use = [] {
        const struct mallinfo2 info = mallinfo2();
        return info.uordblks + info.hblkhd;
    };
    if (in_use() == 0) return;  // another allocator stands in the C library's place
    Tracking tracking;
    void* blocks[500];
    const std::size_t before = in_use();
    std::size_t asked = 0, handed_out = 0;
    for (std::size_t i = 0; i < 500; ++i) {
        const std::size_t size = 2000 + i * i % 5000;  // too large for the caches whose blocks malloc counts as in use
        blocks[i] = keep_malloc(size);
        asked += size;
        handed_out += malloc_usable_size(blocks[i]) + sizeof(std::size_t);
    }
    const std::size_t after = in_use();
    const core::Figures figures = tracking.stop();
    CHECK(figures.unfreed.bytes == asked);
    CHECK(figures.unfreed.allocations == 500);
    CHECK(after - before == handed_out);
    for (void* const block : blocks) release(block);
}

TEST_CASE("anonymous writable mappings are heap; files, reserved memory and what failed are not") {
    std::FILE* const file = std::tmpfile();
    REQUIRE(file);
    REQUIRE(::ftruncate(fileno(file), 8 * kPage) == 0);
    CHECK(figures_of([&] {
        const int both = PROT_READ | PROT_WRITE;
        call_mmap(nullptr, 5000, both, MAP_PRIVATE | MAP_ANONYMOUS, -1);
        call_mmap(nullptr, 6000, both, MAP_SHARED | MAP_ANONYMOUS, -1);
        call_mmap(nullptr, kPage, both, MAP_SHARED, fileno(file));
        call_mmap(nullptr, kPage, both, MAP_PRIVATE, fileno(file));
        call_mmap(nullptr, kPage, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);
        reserve(100 * kPage);
        CHECK(call_mmap(nullptr, 0, both, MAP_PRIVATE | MAP_ANONYMOUS, -1) == MAP_FAILED);
        CHECK(call_mmap(nullptr, kPage, both, MAP_SHARED, -1) == MAP_FAILED);
    }) == "peak 11000 in 2, unfreed 11000 in 2, total 11000 in 2");
    std::fclose(file);
}

TEST_CASE("reserved memory is heap from where and when it becomes writable, once") {
    CHECK(figures_of([] {
        void* const memory = reserve(100 * kPage);
        call_mprotect(memory, 10 * kPage, PROT_READ | PROT_WRITE);
        call_mprotect(at(memory, 5 * kPage), 10 * kPage, PROT_READ | PROT_WRITE);  // half of it is new
        call_mprotect(memory, 20 * kPage, PROT_READ);                               // still there
        call_mprotect(memory, 15 * kPage, PROT_READ | PROT_WRITE);
        CHECK(call_mprotect(at(memory, 1), kPage, PROT_READ | PROT_WRITE) == -1);
        release_mapping(memory, 4 * kPage);
    }) == "peak 61440 in 2, unfreed 45056 in 2, total 61440 in 2");
}

TEST_CASE("munmap frees what it covers: a part, the middle, several at once, nothing twice") {
    CHECK(figures_of([] {
        void* const memory = keep_mapping(100 * kPage);
        release_mapping(at(memory, 10 * kPage), 10 * kPage);  // 90 pages in two pieces, still one block
        release_mapping(at(memory, 10 * kPage), 10 * kPage);  // again
        release_mapping(at(memory, 15 * kPage), 10 * kPage);  // spans the hole: 85
        release_mapping(at(memory, 99 * kPage), 1);           // a byte takes its page: 84
        CHECK(unmap_misaligned(memory, kPage) == 0);
        void* const odd = keep_mapping(5000);
        release_mapping(odd, kPage);  // leaves 904 bytes on the second page
    }) == "peak 409600 in 1, unfreed 344968 in 2, total 414600 in 2");
}

TEST_CASE("a mapping is one block until its last piece is gone") {
    CHECK(figures_of([] {
        void* const memory = keep_mapping(3 * kPage);
        release_mapping(at(memory, kPage), kPage);
        release_mapping(memory, kPage);
        release_mapping(at(memory, 2 * kPage), kPage);
    }) == "peak 12288 in 1, unfreed 0 in 0, total 12288 in 1");
}

TEST_CASE("a fixed mapping replaces what it covers, so that its range counts once") {
    CHECK(figures_of([] {
        void* const memory = keep_mapping(10 * kPage);
        keep_fixed_mapping(at(memory, 2 * kPage), 3 * kPage);
        keep_fixed_mapping(memory, 10 * kPage);
        call_mmap(memory, 4 * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1);
    }) == "peak 40960 in 1, unfreed 24576 in 1, total 94208 in 3");
}

TEST_CASE("mremap moves and resizes; what it can't do changes nothing") {
    CHECK(figures_of([] {
        void* memory = keep_mapping(10 * kPage);
        memory = keep_remapping(memory, 10 * kPage, 1000 * kPage);
        memory = keep_remapping(memory, 1000 * kPage, 2 * kPage);
        CHECK(keep_remapping(memory, 2 * kPage, kTooMuch) == nullptr);
        void* const target = keep_mapping(4 * kPage);  // is replaced
        call_mremap(memory, 2 * kPage, 2 * kPage, MREMAP_MAYMOVE | MREMAP_FIXED, target);
    }) == "peak 4096000 in 1, unfreed 16384 in 2, total 4169728 in 5");
}

TEST_CASE("what mremap moves stays what it was") {
    std::FILE* const file = std::tmpfile();
    REQUIRE(file);
    REQUIRE(::ftruncate(fileno(file), 8 * kPage) == 0);
    void* const before = keep_mapping(kPage);  // not recorded: the kernel tells what it is
    CHECK(figures_of([&] {
        keep_remapping(reserve(kPage), kPage, 50 * kPage);
        keep_remapping(call_mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file)), kPage, 8 * kPage);
        keep_remapping(before, kPage, 3 * kPage);
    }) == "peak 12288 in 1, unfreed 12288 in 1, total 12288 in 1");
    std::fclose(file);
}

TEST_CASE("mremap that leaves the old range leaves its bytes") {
    CHECK(figures_of([] {
        void* const memory = keep_mapping(2 * kPage);
        void* const moved = call_mremap(memory, 2 * kPage, 2 * kPage, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, nullptr);
        if (moved == MAP_FAILED) keep_mapping(2 * kPage);  // Linux before 5.7
    }) == "peak 16384 in 2, unfreed 16384 in 2, total 16384 in 2");
}

TEST_CASE("the break counts by what the program moves it") {
    std::free(std::malloc(100'000));  // so that malloc does not move it meanwhile
    CHECK(figures_of([] {
        char* const start = static_cast<char*>(call_sbrk(1000));
        call_sbrk(0);
        call_sbrk(3000);
        call_sbrk(-500);
        CHECK(call_brk(start + 3600) == 0);
        CHECK(call_brk(start + 3100) == 0);
        CHECK(call_sbrk(PTRDIFF_MAX) == reinterpret_cast<void*>(-1));
    }) == "peak 4000 in 2, unfreed 3100 in 2, total 4100 in 3");
}

}  // namespace alloclens::tracker
