// The blocks of some stacks over time, and how long they lived: a visitor of EventDecoder.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/format/event_visitor.hpp"
#include "figures.hpp"
#include "ids.hpp"
#include "ledger.hpp"
#include "mappings.hpp"
#include "part.hpp"
#include "timeline.hpp"

namespace alloclens::core {

class SubjectHistory : public format::EventVisitor {
  public:
    /// Upper ends of the classes of lifetimes, in µs; the last class has none.
    static constexpr std::array<std::uint64_t, 6> kLifetimes = {1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};

    /// Whose allocations count.
    using Counts = std::function<bool(const Who&)>;

    /// `subject` by stack, as the program has numbered them.
    SubjectHistory(const Part& part, std::vector<bool> subject, Counts counts, std::uint64_t page_size);

    bool begin_block(const format::EventsPreamble& preamble);
    bool allocation(std::uint32_t stack, std::uint64_t size, format::Allocator allocator, std::uint64_t address);
    void free(std::uint64_t address, bool for_realloc);
    void realloc_failed(std::uint64_t address);
    bool map(std::uint32_t stack, std::uint8_t flags, std::uint64_t address, std::uint64_t length);
    void unmap(std::uint64_t address, std::uint64_t length);
    bool remap(std::uint32_t stack, std::uint8_t flags, std::uint64_t old_address, std::uint64_t old_length,
               std::uint64_t address, std::uint64_t length);
    bool make_writable(std::uint32_t stack, std::uint64_t address, std::uint64_t length);
    bool thread(std::uint32_t id) { return threads_.find(id, thread_); }
    void define_thread(std::uint64_t, format::Bytes);
    void define_code(std::uint32_t, format::LineTable, const format::RecordedText&, const format::RecordedText&, format::Bytes) { codes_.define(); }
    bool define_stack(std::uint32_t, std::uint32_t, std::uint32_t) { return stacks_.define(), true; }
    bool define_native_stack(std::uint32_t, std::uint32_t, std::uint64_t) { return stacks_.define(), true; }
    bool region(std::uint32_t id) { return regions_.find(id, region_); }
    bool define_region(std::uint32_t, format::Bytes) { return regions_.define(), true; }
    void time(std::uint64_t microseconds) { advance(bytes_.now_us() + microseconds); }
    bool ended() const { return ended_; }

    /// Bytes of the subject; `blocks` has their number in the same steps.
    const Timeline& bytes() const { return bytes_; }
    const Timeline& blocks() const { return blocks_; }
    /// Blocks that were freed in the part, by class.
    const std::array<Amount, kLifetimes.size() + 1>& lifetimes() const { return lifetimes_; }
    /// Of all those blocks, in µs.
    std::uint64_t sum_of_lifetimes() const { return sum_of_lifetimes_; }

  private:
    struct Block {
        std::uint64_t size;
        std::uint64_t time_us;
    };
    struct Call {
        bool of_subject;
        std::uint64_t time_us;
    };

    /// What is asked for now.
    bool of_subject(std::uint32_t place, format::Allocator allocator) const {
        return place < subject_.size() && subject_[place] && counts_({thread_, allocator, 0, region_});
    }
    std::optional<Block> take(std::uint64_t address);
    void put(std::uint64_t address, const Block& block);
    void map_at(std::uint32_t place, MappingKind kind, std::uint64_t address, std::uint64_t length);
    void unmap_at(std::uint64_t address, std::uint64_t length);
    void grow(std::uint64_t bytes, std::uint64_t blocks);
    void shrink(std::uint64_t bytes, std::uint64_t blocks);
    /// `change` is 1, or −1 when it did not happen after all.
    void lived(std::uint64_t since_us, std::uint64_t bytes, std::int64_t change);
    void advance(std::uint64_t time_us);

    Part part_;
    std::vector<bool> subject_;
    Counts counts_;
    Ids stacks_{1}, codes_{1}, threads_{1}, regions_{1};
    std::uint32_t thread_ = 0, region_ = 0;
    std::vector<std::optional<Block>> reallocating_ = std::vector<std::optional<Block>>(1);
    std::vector<std::uint64_t> freed_at_us_ = std::vector<std::uint64_t>(1);
    std::unordered_map<std::uint64_t, Block> live_;
    Mappings<Call> mappings_;
    std::uint64_t heap_ = 0, count_ = 0;
    Timeline bytes_, blocks_;
    std::array<Amount, kLifetimes.size() + 1> lifetimes_{};
    std::uint64_t sum_of_lifetimes_ = 0;
    bool begun_, ended_ = false;
};

}  // namespace alloclens::core
