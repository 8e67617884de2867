#include "profile.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/code/text.hpp"
#include "mapping_flags.hpp"

namespace alloclens::core {

namespace {

/// Behind all addresses.
constexpr std::uint64_t kFirstCall = 1ull << 63;

// Far beyond what a program has; a crafted file must not cost memory without end.
constexpr std::size_t kMaxStacks = 1u << 26;
constexpr std::size_t kMaxRegions = 1u << 17;
constexpr std::size_t kMaxLineTable = 64u << 20;

/// Where the part ends whose number counts from 1.
std::uint64_t boundary(const Part& part, std::uint64_t number) {
    if (number >= part.generations || part.to_us == Part::kNoEnd) return part.to_us;
    return part.from_us + (part.to_us - part.from_us) / part.generations * number;
}

std::string_view view(format::Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data), bytes.size}; }

}  // namespace

Profile::Profile() : Profile(Part{}, std::make_shared<Program>()) { defines_ = true; }

Profile::Profile(const Part& part, std::shared_ptr<Program> program)
    : part_(part),
      program_(std::move(program)),
      defines_(false),
      begun_(part.from_us == 0),
      next_boundary_us_(begun_ ? boundary(part, 1) : part.from_us),
      temporaries_(part.temporary_threshold),
      timeline_(part.from_us) {
    if (part.by_size) ledger_.keep_sizes_apart();
}

void Profile::divide(std::uint64_t end_us, std::uint32_t parts, bool by_size) {
    part_.to_us = end_us;
    part_.generations = parts;
    part_.by_size = by_size;
    next_boundary_us_ = boundary(part_, 1);
    if (by_size) ledger_.keep_sizes_apart();
}

bool Profile::begin_block(const format::EventsPreamble& preamble) {
    if (!stacks_.skip_to(preamble.first_stack) || !codes_.skip_to(preamble.first_code) ||
        !threads_.skip_to(preamble.first_thread) || !thread(preamble.current_thread) ||
        !regions_.skip_to(preamble.first_region) || !region(preamble.current_region)) {
        return false;
    }
    advance(preamble.time_us);
    if (preamble.rss_pages != 0) sampled_rss(preamble.rss_pages);
    return true;
}

void Profile::missed_free(std::uint64_t address, const LiveBlock& lost) {
    ledger_.shrink(lost.owner, lost.size, 1);
    temporaries_.take(address);  // when it was freed is not known
    ++frees_missed_;
}

void Profile::realloc_failed(std::uint64_t address) {
    if (ended_) return;
    const auto [block, temporary] = std::exchange(reallocating_[thread_], {});
    if (!block) return;
    if (const auto lost = blocks_.insert(address, block->owner, block->size)) {
        ledger_.shrink(lost->owner, lost->size, 1);
        temporaries_.take(address);
    }
    if (temporary) {
        ledger_.take_back_temporary(block->owner, block->size, 1);
        temporaries_.put_back(address, *temporary);
    }
    grew(ledger_.grow(block->owner, block->size, 1));
}

bool Profile::map(std::uint32_t stack, std::uint8_t flags, std::uint64_t address, std::uint64_t length) {
    std::uint32_t place;
    if (!stacks_.find(stack, place)) return false;
    if (ended_) return true;
    ++events_;
    map_at(place, kind_of(flags), address, length);
    return true;
}

void Profile::unmap(std::uint64_t address, std::uint64_t length) {
    if (ended_) return;
    ++events_;
    unmap_at(address, length);
}

bool Profile::remap(std::uint32_t stack, std::uint8_t flags, std::uint64_t old_address, std::uint64_t old_length,
                    std::uint64_t address, std::uint64_t length) {
    std::uint32_t place;
    if (!stacks_.find(stack, place)) return false;
    if (ended_) return true;
    ++events_;
    const MappingKind kind = mappings_.kind_at(old_address).value_or(kind_of(flags));
    unmap_at(old_address, old_length);
    map_at(place, kind, address, length);
    return true;
}

bool Profile::make_writable(std::uint32_t stack, std::uint64_t address, std::uint64_t length) {
    std::uint32_t place;
    if (!stacks_.find(stack, place)) return false;
    if (ended_) return true;
    ++events_;
    if (const std::uint64_t bytes = address + length > address ? mappings_.reserved(address, length) : 0) {
        const Call call = mapping_call(place, bytes);
        mappings_.make_writable(address, length, call);
        allocated_mapping(call, bytes);
    }
    return true;
}

void Profile::map_at(std::uint32_t stack, MappingKind kind, std::uint64_t address, std::uint64_t length) {
    unmap_at(address, length);
    if (kind == MappingKind::other || address + length <= address) return;
    if (kind == MappingKind::reserved) return mappings_.reserve(address, length);
    if (kind == MappingKind::arena) {
        arenas_.map_heap(address, length, {});
        return set_arenas(arena_bytes_ + length);
    }
    const Call call = mapping_call(stack, length);
    mappings_.map_heap(address, length, call);
    allocated_mapping(call, length);
}

Profile::Call Profile::mapping_call(std::uint32_t stack, std::uint64_t bytes) {
    return {ledger_.account(stack, format::Allocator::mmap, bytes), kFirstCall + mapping_calls_++};
}

void Profile::allocated_mapping(const Call& call, std::uint64_t bytes) {
    temporaries_.allocated(thread_, call.number);
    grew(ledger_.allocate(call.account, bytes));
}

void Profile::unmap_at(std::uint64_t address, std::uint64_t length) {
    mappings_.unmap(address, length, [this](const Call& call, std::uint64_t bytes, bool last) {
        ledger_.shrink(call.account, bytes, last ? 1 : 0);
        const bool temporary = (last ? temporaries_.take(call.number) : temporaries_.find(call.number)).has_value();
        if (temporary) ledger_.add_temporary(call.account, bytes, last ? 1 : 0);
    });
    arenas_.unmap(address, length, [this](std::monostate, std::uint64_t bytes, bool) { set_arenas(arena_bytes_ - bytes); });
}

void Profile::set_arenas(std::uint64_t bytes) {
    arena_bytes_ = bytes;
    peak_arena_bytes_ = std::max(peak_arena_bytes_, bytes);
    timeline_.arenas(bytes);
}

/// Also after the part's end, since a block may be reached only then.
void Profile::advance(std::uint64_t time_us) {
    if (time_us >= next_boundary_us_) [[unlikely]] cross(time_us);
    if (!ended_) timeline_.advance(time_us, ledger_.heap());
}

void Profile::cross(std::uint64_t time_us) {
    while (time_us >= next_boundary_us_ && !ended_) {
        if (!begun_) {
            begin();
        } else if (next_boundary_us_ >= part_.to_us) {
            if (defines_) return stop_dividing();  // all of the run is wanted, whatever its end was thought to be
            timeline_.advance(part_.to_us, ledger_.heap());
            ended_ = true;
            close();
        } else {
            if (at_boundary_) at_boundary_();
            if (next_boundary_us_ == UINT64_MAX) return;
            ledger_.begin_generation();
            if (at_boundary_) begin_next_peak();
        }
        const std::uint64_t parts = ledger_.generation() - (part_.from_us == 0 ? 0 : 1) + 1;
        next_boundary_us_ = ended_ ? UINT64_MAX : boundary(part_, parts);
    }
}

/// In a part of its own; of a run that is read first, that of the whole stays known.
void Profile::begin_next_peak() {
    if (!defines_) return ledger_.begin_peak();
    if (ledger_.peak_since() >= ledger_.peak()) kept_peak_time_us_ = peak_time_us_;
    ledger_.begin_next_peak();
}

void Profile::begin() {
    begun_ = true;
    ledger_.begin_generation();
    ledger_.begin_peak();
    timeline_.begin(ledger_.heap());
    peak_time_us_ = part_.from_us;
    peak_rss_pages_ = rss_pages_;
    peak_rss_time_us_ = part_.from_us;
    peak_arena_bytes_ = arena_bytes_;
    frees_missed_ = 0;
    events_ = 0;
}

void Profile::close() {
    blocks_ = LiveBlocks();
    mappings_ = {};
    arenas_ = {};
    temporaries_ = Temporaries(part_.temporary_threshold);
}

bool Profile::thread(std::uint32_t id) {
    if (!threads_.find(id, thread_)) return false;
    ledger_.set_thread(thread_);
    return true;
}

Figures Profile::figures(std::uint32_t account) const {
    Figures figures = ledger_.figures(account);
    if (!begun_) return {figures.unfreed, {}, {}, {}};
    if (!generation(account)) return {figures.peak, {}, {}, {}};
    return figures;
}

std::optional<std::uint32_t> Profile::generation(std::uint32_t account) const {
    const std::uint32_t first = part_.from_us == 0 ? 0 : 1;
    const std::uint32_t generation = ledger_.whos()[ledger_.who_of(account)].generation;
    if (generation < first) return std::nullopt;
    return generation - first;
}

void Profile::define_thread(std::uint64_t kernel_id, format::Bytes name) {
    threads_.define();
    reallocating_.emplace_back();
    if (defines_) program_->threads.push_back({kernel_id, repair_utf8(view(name))});
}

void Profile::thread_name(format::Bytes name) {
    if (thread_ != 0 && defines_) program_->threads[thread_].name = repair_utf8(view(name));
}

bool Profile::region(std::uint32_t id) {
    std::uint32_t place;
    if (!regions_.find(id, place)) return false;
    ledger_.set_region(place);
    return true;
}

bool Profile::define_region(std::uint32_t parent, format::Bytes name) {
    std::uint32_t place;
    if (!regions_.find(parent, place) || program_->regions.size() > kMaxRegions) return false;
    regions_.define();
    if (defines_) program_->regions.push_back({place, repair_utf8(view(name)), 0});
    return true;
}

bool Profile::region_entered(std::uint32_t id) {
    std::uint32_t place;
    if (!regions_.find(id, place)) return false;
    if (defines_) ++program_->regions[place].entered;
    return true;
}

void Profile::define_code(std::uint32_t first_line, format::LineTable format, const format::RecordedText& file,
                          const format::RecordedText& name, format::Bytes lines) {
    codes_.define();
    if (!defines_) return;
    program_->codes.push_back({program_->strings.intern(to_utf8(file)), program_->strings.intern(to_utf8(name)), first_line,
                               format, std::string(view(lines))});
}

bool Profile::more_lines(std::uint32_t code, format::Bytes lines) {
    std::uint32_t place;
    if (!codes_.find(code, place)) return false;
    if (place == 0 || !defines_) return true;
    if (program_->codes[place].lines.size() > kMaxLineTable) return false;
    program_->codes[place].lines.append(view(lines));
    ++program_->line_tables_changed;
    return true;
}

bool Profile::define_stack(std::uint32_t distance_to_parent, std::uint32_t code, std::uint32_t instruction) {
    StackFrame frame;
    if (!codes_.find(code, frame.code)) return false;
    frame.instruction = instruction;
    Stack stack;
    if (!add_stack(distance_to_parent, stack)) return false;
    if (!defines_) return true;
    stack.frame = program_->frames.number_of(frame);
    program_->stacks.push_back(stack);
    return true;
}

bool Profile::define_native_stack(std::uint32_t distance_to_parent, std::uint32_t module, std::uint64_t offset) {
    Stack stack;
    if (!add_stack(distance_to_parent, stack)) return false;
    if (!defines_) return true;
    StackFrame frame = program_->frame(stack.parent);
    frame.native = program_->natives.number_of({module, 0, offset});
    stack.frame = program_->frames.number_of(frame);
    program_->stacks.push_back(stack);
    return true;
}

bool Profile::add_stack(std::uint32_t distance_to_parent, Stack& stack) {
    const std::uint32_t id = stacks_.next();
    if (distance_to_parent > id || stack_count_ >= kMaxStacks) return false;
    if (!stacks_.find(id - distance_to_parent, stack.parent)) return false;
    stacks_.define();
    ++stack_count_;
    ledger_.add_stack();
    return true;
}

void Profile::rss(std::int64_t pages) { sampled_rss(rss_pages_ + static_cast<std::uint64_t>(pages)); }

void Profile::sampled_rss(std::uint64_t pages) {
    rss_pages_ = pages;
    if (ended_) return;
    if (pages > peak_rss_pages_) {
        peak_rss_pages_ = pages;
        peak_rss_time_us_ = timeline_.now_us();
    }
    timeline_.rss(pages * page_size_);
}

}  // namespace alloclens::core
