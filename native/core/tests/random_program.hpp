// A random run of a program, told to a capture and to a model that is too simple to be wrong.
#pragma once

#include <array>
#include <map>
#include <random>
#include <vector>

#include "core/profile/figures.hpp"
#include "core/testing/capture_builder.hpp"

namespace alloclens::core::testing {

/// Every stack of the program lies on a line of its own, 100 + its id, of /w/main.py.
class RandomProgram {
  public:
    static constexpr std::uint32_t kStacks = 12;

    explicit RandomProgram(unsigned seed) : random_(seed) {
        code_ = builder.stepping_code("main.py", "f", 101, kStacks);
        for (std::uint32_t i = 1; i <= kStacks; ++i) builder.stack(below(i), code_, i);
        for (std::uint64_t i = 1; i <= 3; ++i) builder.thread(1000 + i, "worker");
    }

    void step() {
        switch (below(21)) {
            case 0: builder.switch_to(thread_ = 1 + below(3)); break;
            case 1: builder.new_block(); break;
            case 2: builder.time(below(3000)); break;
            case 3: map(); break;
            case 4: unmap(); break;
            case 5: remap(); break;
            case 6: make_writable(); break;
            case 7: reallocate(); break;
            case 8: case 9: case 10: case 11: free(some_address()); break;
            default: allocate();
        }
    }

    CaptureBuilder builder;
    std::array<Figures, kStacks + 1> figures{};  ///< by stack; peak is filled in by `finish`
    std::uint64_t heap = 0, peak = 0;

    /// The figures at the last moment of the highest heap.
    void finish() {
        for (std::uint32_t i = 0; i <= kStacks; ++i) figures[i].peak = at_peak_[i];
    }

  private:
    struct Block {
        std::uint32_t stack = 0;
        std::uint64_t size = 0;
    };
    static constexpr std::uint32_t kReserved = UINT32_MAX;
    struct Page {
        std::uint32_t mapping;  ///< 0: none
        std::uint64_t bytes;
    };

    std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }
    std::uint32_t stack() { return below(kStacks + 1); }
    /// Few addresses, so that they are used again, also while they are live; some share a page, some are odd.
    std::uint64_t some_address() { return kBlocks + (below(6) ? below(200) * 16 : below(8) * 4096ull * (1 + below(40)) + below(5)); }
    std::uint64_t some_size() { return below(8) == 0 ? (1u << 18) - 4 + below(8) : below(6) == 0 ? 0 : below(400); }

    void grow(std::uint32_t stack, std::uint64_t bytes, std::uint64_t blocks) {
        figures[stack].unfreed += {bytes, blocks};
        heap += bytes;
    }
    void shrink(std::uint32_t stack, std::uint64_t bytes, std::uint64_t blocks) {
        figures[stack].unfreed.bytes -= bytes;
        figures[stack].unfreed.allocations -= blocks;
        heap -= bytes;
    }
    /// After every event: the peak is wherever the heap is as large as ever.
    void look() {
        if (heap < peak) return;
        peak = heap;
        for (std::uint32_t i = 0; i <= kStacks; ++i) at_peak_[i] = figures[i].unfreed;
    }

    void take(std::uint64_t address) {
        const auto block = live_.find(address);
        if (block == live_.end()) return;
        shrink(block->second.stack, block->second.size, 1);
        live_.erase(block);
        look();
    }
    void put(std::uint64_t address, Block block) {
        take(address);
        live_[address] = block;
        grow(block.stack, block.size, 1);
        look();
    }
    void allocate() {
        const Block block{stack(), some_size()};
        const std::uint64_t address = some_address();
        builder.allocate(block.stack, block.size, address);
        figures[block.stack].total += {block.size, 1};
        put(address, block);
    }
    void free(std::uint64_t address) {
        builder.free(address);
        take(address);
    }
    void reallocate() {
        const std::uint64_t address = some_address();
        const auto found = live_.find(address);
        const bool was_live = found != live_.end();
        const Block old = was_live ? found->second : Block{};
        builder.free(address, true);
        take(address);
        const std::uint32_t here = thread_;
        if (below(2)) {  // another thread comes between
            builder.switch_to(thread_ = 1 + below(3));
            allocate();
            builder.switch_to(thread_ = here);
        }
        if (below(2)) {
            builder.realloc_failed(address);
            if (was_live) put(address, old);
        } else {
            allocate();
        }
    }

    // Mappings: page by page.
    std::uint32_t page_at(std::uint64_t address) const { return static_cast<std::uint32_t>((address - kMappings) / 4096); }
    void drop_pages(std::uint64_t address, std::uint64_t length) {
        for (std::uint64_t at = address; at < address + length; at += 4096) {
            Page& page = pages_[page_at(at)];
            if (page.mapping == kReserved) page = {};
            if (page.mapping == 0) continue;
            const std::uint32_t of = mapping_stack_[page.mapping];
            const bool last = --mapping_pages_[page.mapping] == 0;
            shrink(of, page.bytes, last ? 1 : 0);
            page = {};
        }
    }
    void add_pages(std::uint32_t stack, std::uint64_t address, std::uint64_t length) {
        mapping_stack_.push_back(stack);
        mapping_pages_.push_back(0);
        for (std::uint64_t done = 0; done < length; done += 4096) {
            pages_[page_at(address + done)] = {static_cast<std::uint32_t>(mapping_stack_.size() - 1), std::min<std::uint64_t>(4096, length - done)};
            ++mapping_pages_.back();
        }
        figures[stack].total += {length, 1};
        grow(stack, length, 1);
        look();
    }
    std::uint64_t some_page() { return kMappings + below(40) * 4096ull; }
    std::uint64_t some_length() { return 1 + below(4 * 4096); }
    std::uint8_t some_flags() {
        constexpr std::uint8_t kinds[] = {3, 3, 3, 7, 2, 1, 11};  // heap, heap, heap, fixed, file, no access, arena
        return kinds[below(7)];
    }
    static bool heap_flags(std::uint8_t flags) { return flags == 3 || flags == 7; }
    void add(std::uint8_t flags, std::uint32_t of, std::uint64_t address, std::uint64_t length) {
        drop_pages(address, length);
        if (heap_flags(flags)) add_pages(of, address, length);
        for (std::uint64_t done = 0; flags == 1 && done < length; done += 4096) {
            pages_[page_at(address + done)] = {kReserved, std::min<std::uint64_t>(4096, length - done)};
        }
    }

    void map() {
        const std::uint32_t of = stack();
        const std::uint8_t flags = some_flags();
        const std::uint64_t address = some_page(), length = some_length();
        builder.map(of, flags, address, length);
        add(flags, of, address, length);
    }
    void unmap() {
        const std::uint64_t address = some_page(), length = some_length();
        builder.unmap(address, length);
        drop_pages(address, length);
    }
    void remap() {
        const std::uint32_t of = stack();
        std::uint8_t flags = some_flags();
        const std::uint64_t old_address = some_page(), old_length = some_length(), address = some_page(), length = some_length();
        builder.remap(of, flags, old_address, old_length, address, length);
        const std::uint32_t before = pages_[page_at(old_address)].mapping;
        if (before) flags = before == kReserved ? 1 : 3;
        drop_pages(old_address, old_length);
        add(flags, of, address, length);
    }
    void make_writable() {
        const std::uint32_t of = stack();
        const std::uint64_t address = some_page(), length = some_length();
        builder.make_writable(of, address, length);
        std::uint64_t bytes = 0;
        const auto mapping = static_cast<std::uint32_t>(mapping_stack_.size());
        std::uint32_t pages = 0;
        for (std::uint64_t at = address; at < address + length; at += 4096) {
            Page& page = pages_[page_at(at)];
            if (page.mapping != kReserved) continue;
            page.mapping = mapping;
            bytes += page.bytes;
            ++pages;
        }
        if (pages == 0) return;
        mapping_stack_.push_back(of);
        mapping_pages_.push_back(pages);
        figures[of].total += {bytes, 1};
        grow(of, bytes, 1);
        look();
    }

    static constexpr std::uint64_t kBlocks = 0x7f0000000000;
    static constexpr std::uint64_t kMappings = 0x7e0000000000;

    std::mt19937_64 random_;
    std::uint32_t code_ = 0;
    std::uint32_t thread_ = 0;
    std::map<std::uint64_t, Block> live_;
    std::array<Page, 64> pages_{};
    std::vector<std::uint32_t> mapping_stack_{0};
    std::vector<std::uint32_t> mapping_pages_{0};
    std::array<Amount, kStacks + 1> at_peak_{};
};

}  // namespace alloclens::core::testing
