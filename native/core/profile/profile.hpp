// Takes a capture's events in order and keeps what the queries ask for: the visitor of EventDecoder.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "core/format/event_decoder.hpp"
#include "ids.hpp"
#include "ledger.hpp"
#include "live_blocks.hpp"
#include "mappings.hpp"
#include "part.hpp"
#include "program.hpp"
#include "temporaries.hpp"
#include "timeline.hpp"

namespace alloclens::core {

class Profile {
  public:
    /// Of the whole run; learns what the program consists of.
    Profile();
    /// Of a part of a run whose program is known.
    Profile(const Part& part, std::shared_ptr<Program> program);

    void set_page_size(std::uint64_t bytes) {
        page_size_ = bytes;
        mappings_.set_page_size(bytes);
        arenas_.set_page_size(bytes);
    }

    /// False when the block contradicts the blocks before it.
    bool begin_block(const format::EventsPreamble& preamble);

    /// Called at the end of each of the part's equal parts but the last; the highest heap is looked for in each anew.
    void at_boundaries(std::function<void()> work) { at_boundary_ = std::move(work); }
    /// Before the first event of a whole run, whose last one comes before `end_us`: its equal parts are kept apart, or its
    /// sizes, or both, by accounts that add up to those of the whole.
    void divide(std::uint64_t end_us, std::uint32_t parts, bool by_size);
    /// From now on there are no more parts.
    void stop_dividing() {
        next_boundary_us_ = UINT64_MAX;
        part_.generations = 1;
    }

    // Events: see format::EventDecoder.
    bool allocation(std::uint32_t stack, std::uint64_t size, format::Allocator allocator, std::uint64_t address) {
        std::uint32_t place;
        if (!stacks_.find(stack, place)) return false;
        if (ended_) [[unlikely]] return true;
        ++events_;
        const std::uint32_t account = ledger_.account(place, allocator, size);
        if (const auto lost = blocks_.insert(address, account, size)) [[unlikely]] missed_free(address, *lost);
        temporaries_.allocated(thread_, address);
        grew(ledger_.allocate(account, size));
        return true;
    }
    void free(std::uint64_t address, bool for_realloc) {
        if (ended_) [[unlikely]] return;
        ++events_;
        const auto block = blocks_.erase(address);
        const auto temporary = temporaries_.take(address);
        if (for_realloc) reallocating_[thread_] = {block, temporary};
        if (!block) return;
        ledger_.shrink(block->owner, block->size, 1);
        if (temporary) ledger_.add_temporary(block->owner, block->size, 1);
    }
    void realloc_failed(std::uint64_t address);
    bool map(std::uint32_t stack, std::uint8_t flags, std::uint64_t address, std::uint64_t length);
    void unmap(std::uint64_t address, std::uint64_t length);
    bool remap(std::uint32_t stack, std::uint8_t flags, std::uint64_t old_address, std::uint64_t old_length,
               std::uint64_t address, std::uint64_t length);
    bool make_writable(std::uint32_t stack, std::uint64_t address, std::uint64_t length);
    void aborting() { abort_at_ = events_ + 1; }
    bool thread(std::uint32_t id);
    void define_thread(std::uint64_t kernel_id, format::Bytes name);
    void thread_name(format::Bytes name);
    bool region(std::uint32_t id);
    bool define_region(std::uint32_t parent, format::Bytes name);
    bool region_entered(std::uint32_t id);
    void define_code(std::uint32_t first_line, format::LineTable, const format::RecordedText& file,
                     const format::RecordedText& name, format::Bytes lines);
    bool more_lines(std::uint32_t code, format::Bytes lines);
    bool define_stack(std::uint32_t distance_to_parent, std::uint32_t code, std::uint32_t instruction);
    bool define_native_stack(std::uint32_t distance_to_parent, std::uint32_t module, std::uint64_t offset);
    void module(std::uint32_t id, Module module) { program_->modules.insert_or_assign(id, std::move(module)); }
    void time(std::uint64_t microseconds) { advance(timeline_.now_us() + microseconds); }
    void rss(std::int64_t pages);

    const Program& program() const { return *program_; }
    const std::shared_ptr<Program>& shared_program() const { return program_; }
    /// In `program().stacks`, of a stack as the capture numbers it; 0 when it was lost.
    std::uint32_t place_of_stack(std::uint32_t id) const {
        std::uint32_t place = 0;
        return stacks_.find(id, place) ? place : 0;
    }
    const Ledger& ledger() const { return ledger_; }
    /// What an aggregate keeps beside the program, the ledger and the timeline.
    struct Counts {
        std::uint64_t events, frees_missed, peak_time_us, rss_pages, peak_rss_pages, peak_rss_time_us, arenas, peak_arenas;
    };
    Counts counts() const {
        return {events_, frees_missed_, peak_time_us(), rss_pages_, peak_rss_pages_, peak_rss_time_us_, arena_bytes_, peak_arena_bytes_};
    }
    /// Takes what an aggregate tells, once the program was defined. No event may follow.
    void restore(const Counts& counts) {
        events_ = counts.events;
        frees_missed_ = counts.frees_missed;
        peak_time_us_ = counts.peak_time_us;
        rss_pages_ = counts.rss_pages;
        peak_rss_pages_ = counts.peak_rss_pages;
        peak_rss_time_us_ = counts.peak_rss_time_us;
        arena_bytes_ = counts.arenas;
        peak_arena_bytes_ = counts.peak_arenas;
    }
    Ledger& ledger_to_restore() { return ledger_; }
    Timeline& timeline_to_restore() { return timeline_; }
    const Timeline& timeline() const { return timeline_; }
    /// Of an account of the ledger: in a range, what older blocks have is the peak alone.
    Figures figures(std::uint32_t account) const;
    /// Of an account: in which of the equal parts of the range it was allocated; nothing when before it.
    std::optional<std::uint32_t> generation(std::uint32_t account) const;
    /// Highest heap of the part.
    std::uint64_t peak() const { return begun_ ? ledger_.peak() : ledger_.heap(); }
    /// Nothing comes any more: what only the next event needs is dropped.
    void close();
    /// The part's end was reached.
    bool ended() const { return ended_; }

    const Part& part() const { return part_; }
    /// Of the whole run, however it is divided.
    bool whole() const { return defines_ || part_.whole(); }
    std::uint64_t events() const { return events_; }
    /// The program called abort, and nothing followed.
    bool aborted() const { return abort_at_ == events_ + 1; }
    std::uint64_t frees_missed() const { return frees_missed_; }
    std::uint64_t peak_time_us() const { return kept_peak_time_us_ && ledger_.peak_since() < ledger_.peak() ? *kept_peak_time_us_ : peak_time_us_; }
    std::uint64_t peak_rss_pages() const { return peak_rss_pages_; }
    std::uint64_t peak_rss_time_us() const { return peak_rss_time_us_; }
    /// What pymalloc has mapped, and the most of it.
    std::uint64_t arena_bytes() const { return arena_bytes_; }
    std::uint64_t peak_arena_bytes() const { return peak_arena_bytes_; }
    std::uint64_t page_size() const { return page_size_; }

  private:
    struct Call {
        std::uint32_t account;
        std::uint64_t number;  ///< stands for an address in `temporaries_`
    };
    struct Reallocating {
        std::optional<LiveBlock> block;
        std::optional<Temporaries::Entry> temporary;
    };

    void grew(bool at_peak) {
        timeline_.heap(ledger_.heap());
        if (at_peak) peak_time_us_ = timeline_.now_us();
    }
    [[gnu::noinline]] void missed_free(std::uint64_t address, const LiveBlock& lost);
    void map_at(std::uint32_t stack, MappingKind kind, std::uint64_t address, std::uint64_t length);
    Call mapping_call(std::uint32_t stack, std::uint64_t bytes);
    void allocated_mapping(const Call& call, std::uint64_t bytes);
    void unmap_at(std::uint64_t address, std::uint64_t length);
    void set_arenas(std::uint64_t bytes);
    void advance(std::uint64_t time_us);
    void cross(std::uint64_t time_us);
    void begin();
    void begin_next_peak();
    void sampled_rss(std::uint64_t pages);
    /// Finds its parent.
    bool add_stack(std::uint32_t distance_to_parent, Stack& stack);

    Part part_;
    std::shared_ptr<Program> program_;
    bool defines_;
    bool begun_;
    bool ended_ = false;
    std::uint64_t next_boundary_us_;
    std::function<void()> at_boundary_;
    Ids stacks_{1}, codes_{1}, threads_{1}, regions_{1};
    Ledger ledger_;
    LiveBlocks blocks_;
    Mappings<Call> mappings_;
    Mappings<std::monostate> arenas_;
    Temporaries temporaries_;
    Timeline timeline_;
    std::uint32_t thread_ = 0;
    /// By thread: the block that a realloc under way has taken.
    std::vector<Reallocating> reallocating_ = std::vector<Reallocating>(1);
    std::uint64_t mapping_calls_ = 0;
    std::size_t stack_count_ = 1;
    std::uint64_t events_ = 0;
    std::uint64_t frees_missed_ = 0;
    std::uint64_t abort_at_ = 0;  ///< events then recorded, and one
    std::uint64_t peak_time_us_ = 0;
    std::optional<std::uint64_t> kept_peak_time_us_;  ///< of the ledger's kept peak
    std::uint64_t rss_pages_ = 0;
    std::uint64_t peak_rss_pages_ = 0;
    std::uint64_t peak_rss_time_us_ = 0;
    std::uint64_t arena_bytes_ = 0, peak_arena_bytes_ = 0;
    std::uint64_t page_size_ = 4096;
};

}  // namespace alloclens::core
