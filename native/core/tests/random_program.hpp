// A random run of a program, told to a capture and to models of it.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <random>
#include <vector>

#include "core/profile/figures.hpp"
#include "core/testing/capture_builder.hpp"
#include "model.hpp"

namespace alloclens::core::testing {

/// Every stack of the program lies on a line of its own, 100 + its id, of /w/main.py.
class RandomProgram {
  public:
    static constexpr std::uint32_t kStacks = 12;

    /// There is a model of the whole run, and one of each part.
    explicit RandomProgram(unsigned seed, const std::vector<Part>& parts = {}) : random_(seed) {
        for (const Part& part : parts) models.emplace_back(part);
        code_ = builder.stepping_code("main.py", "f", 101, kStacks);
        for (std::uint32_t i = 1; i <= kStacks; ++i) builder.stack(below(i), code_, i);
        for (std::uint64_t i = 1; i <= 3; ++i) builder.thread(1000 + i, "worker");
    }

    void step() {
        switch (below(21)) {
            case 0: builder.switch_to(thread_ = 1 + below(3)); break;
            case 1: builder.new_block(); break;
            case 2: pass(below(3000)); break;
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
    std::vector<Model> models = std::vector<Model>(1);

  private:
    struct Block {
        std::uint64_t number = 0;
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

    template <class Tell>
    void tell(Tell&& tell) {
        for (Model& model : models) tell(model);
    }
    void pass(std::uint64_t microseconds) {
        builder.time(microseconds);
        now_us_ += microseconds;
        tell([this](Model& model) { model.time(now_us_); });
    }

    /// Which models call it temporary.
    std::vector<bool> take(std::uint64_t address, bool seen = true) {
        std::vector<bool> temporary;
        const auto block = live_.find(address);
        if (block == live_.end()) return temporary;
        tell([&](Model& model) { temporary.push_back(model.free(block->second.number, block->second.size, 1, seen)); });
        live_.erase(block);
        return temporary;
    }
    void allocate() {
        constexpr format::Allocator kAllocators[] = {format::Allocator::malloc, format::Allocator::pyobject_malloc, format::Allocator::calloc};
        const Block block{++last_number_, some_size()};
        const std::uint32_t of = stack();
        const format::Allocator allocator = kAllocators[below(3)];
        const std::uint64_t address = some_address();
        builder.allocate(of, block.size, address, allocator);
        take(address, false);
        live_[address] = block;
        tell([&](Model& model) { model.allocate(block.number, {of, thread_, static_cast<std::uint32_t>(allocator)}, block.size); });
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
        const std::vector<bool> temporary = take(address);
        const std::uint32_t here = thread_;
        if (below(2)) {  // another thread comes between
            builder.switch_to(thread_ = 1 + below(3));
            allocate();
            builder.switch_to(thread_ = here);
        }
        if (below(2)) {
            builder.realloc_failed(address);
            if (was_live) {
                take(address, false);
                live_[address] = old;
                for (std::size_t i = 0; i < models.size(); ++i) models[i].not_freed(old.number, old.size, temporary[i]);
            }
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
            const bool last = --mapping_pages_[page.mapping] == 0;
            tell([&](Model& model) { model.free(mapping_number_[page.mapping], page.bytes, last ? 1 : 0); });
            page = {};
        }
    }
    void add_pages(std::uint32_t stack, std::uint64_t address, std::uint64_t length) {
        mapping_number_.push_back(++last_number_);
        mapping_pages_.push_back(0);
        for (std::uint64_t done = 0; done < length; done += 4096) {
            pages_[page_at(address + done)] = {static_cast<std::uint32_t>(mapping_number_.size() - 1), std::min<std::uint64_t>(4096, length - done)};
            ++mapping_pages_.back();
        }
        tell_mapping(stack, length);
    }
    void tell_mapping(std::uint32_t stack, std::uint64_t bytes) {
        tell([&](Model& model) { model.allocate(last_number_, {stack, thread_, static_cast<std::uint32_t>(format::Allocator::mmap)}, bytes); });
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
        const auto mapping = static_cast<std::uint32_t>(mapping_number_.size());
        std::uint32_t pages = 0;
        for (std::uint64_t at = address; at < address + length; at += 4096) {
            Page& page = pages_[page_at(at)];
            if (page.mapping != kReserved) continue;
            page.mapping = mapping;
            bytes += page.bytes;
            ++pages;
        }
        if (pages == 0) return;
        mapping_number_.push_back(++last_number_);
        mapping_pages_.push_back(pages);
        tell_mapping(of, bytes);
    }

    static constexpr std::uint64_t kBlocks = 0x7f0000000000;
    static constexpr std::uint64_t kMappings = 0x7e0000000000;

    std::mt19937_64 random_;
    std::uint32_t code_ = 0;
    std::uint32_t thread_ = 0;
    std::map<std::uint64_t, Block> live_;
    std::array<Page, 64> pages_{};
    std::vector<std::uint64_t> mapping_number_{0};
    std::vector<std::uint32_t> mapping_pages_{0};
    std::uint64_t last_number_ = 0;
    std::uint64_t now_us_ = 0;
};

}  // namespace alloclens::core::testing
