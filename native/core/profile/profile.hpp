// Takes a capture's events in order and keeps what the queries ask for: the visitor of EventDecoder.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/format/event_decoder.hpp"
#include "ids.hpp"
#include "ledger.hpp"
#include "live_blocks.hpp"
#include "mappings.hpp"
#include "program.hpp"
#include "timeline.hpp"

namespace alloclens::core {

class Profile {
  public:
    void set_page_size(std::uint64_t bytes) {
        page_size_ = bytes;
        mappings_.set_page_size(bytes);
    }

    /// False when the block contradicts the blocks before it.
    bool begin_block(const format::EventsPreamble& preamble);

    // Events: see format::EventDecoder.
    bool allocation(std::uint32_t stack, std::uint64_t size, format::Allocator, std::uint64_t address) {
        std::uint32_t place;
        if (!stacks_.find(stack, place)) return false;
        ++events_;
        if (const auto lost = blocks_.insert(address, place, size)) [[unlikely]] {
            ledger_.shrink(lost->stack, lost->size, 1);
            ++frees_missed_;
        }
        grew(ledger_.allocate(place, size));
        return true;
    }
    void free(std::uint64_t address, bool for_realloc) {
        ++events_;
        const auto block = blocks_.erase(address);
        if (for_realloc) reallocating_[thread_] = block;
        if (block) ledger_.shrink(block->stack, block->size, 1);
    }
    void realloc_failed(std::uint64_t address);
    bool map(std::uint32_t stack, std::uint8_t flags, std::uint64_t address, std::uint64_t length);
    void unmap(std::uint64_t address, std::uint64_t length);
    bool remap(std::uint32_t stack, std::uint8_t flags, std::uint64_t old_address, std::uint64_t old_length,
               std::uint64_t address, std::uint64_t length);
    bool make_writable(std::uint32_t stack, std::uint64_t address, std::uint64_t length);
    void aborting() { abort_at_ = events_ + 1; }
    bool thread(std::uint32_t id) { return threads_.find(id, thread_); }
    void define_thread(std::uint64_t kernel_id, format::Bytes name);
    void thread_name(format::Bytes name);
    void define_code(std::uint32_t first_line, format::LineTable, const format::RecordedText& file,
                     const format::RecordedText& name, format::Bytes lines);
    bool more_lines(std::uint32_t code, format::Bytes lines);
    bool define_stack(std::uint32_t distance_to_parent, std::uint32_t code, std::uint32_t instruction);
    bool define_native_stack(std::uint32_t distance_to_parent, std::uint32_t module, std::uint64_t offset);
    void module(std::uint32_t id, Module module) { program_.modules.insert_or_assign(id, std::move(module)); }
    void time(std::uint64_t microseconds) { timeline_.advance(timeline_.now_us() + microseconds, ledger_.heap()); }
    void rss(std::int64_t pages);

    const Program& program() const { return program_; }
    const Ledger& ledger() const { return ledger_; }
    const Timeline& timeline() const { return timeline_; }
    std::uint64_t events() const { return events_; }
    /// The program called abort, and nothing followed.
    bool aborted() const { return abort_at_ == events_ + 1; }
    std::uint64_t frees_missed() const { return frees_missed_; }
    std::uint64_t peak_time_us() const { return peak_time_us_; }
    std::uint64_t peak_rss_pages() const { return peak_rss_pages_; }
    std::uint64_t page_size() const { return page_size_; }

  private:
    void grew(bool at_peak) {
        timeline_.heap(ledger_.heap());
        if (at_peak) peak_time_us_ = timeline_.now_us();
    }
    void sampled_rss(std::uint64_t pages);
    bool add_stack(std::uint32_t distance_to_parent, Stack stack);

    Program program_;
    Ids stacks_{1}, codes_{1}, threads_{1};
    Ledger ledger_;
    LiveBlocks blocks_;
    Mappings mappings_{ledger_};
    Timeline timeline_;
    std::uint32_t thread_ = 0;
    /// By thread: the block that a realloc under way has taken.
    std::vector<std::optional<LiveBlock>> reallocating_ = std::vector<std::optional<LiveBlock>>(1);
    std::uint64_t events_ = 0;
    std::uint64_t frees_missed_ = 0;
    std::uint64_t abort_at_ = 0;  ///< events then recorded, and one
    std::uint64_t peak_time_us_ = 0;
    std::uint64_t rss_pages_ = 0;
    std::uint64_t peak_rss_pages_ = 0;
    std::uint64_t page_size_ = 4096;
};

}  // namespace alloclens::core
