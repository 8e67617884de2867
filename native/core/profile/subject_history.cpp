#include "subject_history.hpp"

#include <algorithm>
#include <utility>

#include "mapping_flags.hpp"

namespace alloclens::core {

SubjectHistory::SubjectHistory(const Part& part, std::vector<bool> subject, Counts counts, std::uint64_t page_size)
    : part_(part), subject_(std::move(subject)), counts_(std::move(counts)), bytes_(part.from_us), blocks_(part.from_us), begun_(part.from_us == 0) {
    mappings_.set_page_size(page_size);
}

bool SubjectHistory::begin_block(const format::EventsPreamble& preamble) {
    if (!stacks_.skip_to(preamble.first_stack) || !codes_.skip_to(preamble.first_code) ||
        !threads_.skip_to(preamble.first_thread) || !threads_.find(preamble.current_thread, thread_) ||
        !regions_.skip_to(preamble.first_region) || !region(preamble.current_region)) {
        return false;
    }
    advance(preamble.time_us);
    return true;
}

bool SubjectHistory::allocation(std::uint32_t stack, std::uint64_t size, format::Allocator allocator, std::uint64_t address) {
    std::uint32_t place;
    if (!stacks_.find(stack, place)) return false;
    if (ended_) return true;
    take(address);  // its free was lost, and so was its time
    if (of_subject(place, allocator)) put(address, {size, bytes_.now_us()});
    return true;
}

void SubjectHistory::free(std::uint64_t address, bool for_realloc) {
    if (ended_) return;
    const auto block = take(address);
    if (block) lived(block->time_us, block->size, 1);
    if (!for_realloc) return;
    reallocating_[thread_] = block;
    freed_at_us_[thread_] = bytes_.now_us();
}

void SubjectHistory::realloc_failed(std::uint64_t address) {
    const auto block = std::exchange(reallocating_[thread_], std::nullopt);
    if (ended_ || !block) return;
    const std::uint64_t now = bytes_.now_us();
    take(address);
    lived(block->time_us + (now - freed_at_us_[thread_]), block->size, -1);
    put(address, *block);
}

bool SubjectHistory::map(std::uint32_t stack, std::uint8_t flags, std::uint64_t address, std::uint64_t length) {
    std::uint32_t place;
    if (!stacks_.find(stack, place)) return false;
    if (!ended_) map_at(place, kind_of(flags), address, length);
    return true;
}

void SubjectHistory::unmap(std::uint64_t address, std::uint64_t length) {
    if (!ended_) unmap_at(address, length);
}

bool SubjectHistory::remap(std::uint32_t stack, std::uint8_t flags, std::uint64_t old_address, std::uint64_t old_length,
                           std::uint64_t address, std::uint64_t length) {
    std::uint32_t place;
    if (!stacks_.find(stack, place)) return false;
    if (ended_) return true;
    const MappingKind kind = mappings_.kind_at(old_address).value_or(kind_of(flags));
    unmap_at(old_address, old_length);
    map_at(place, kind, address, length);
    return true;
}

bool SubjectHistory::make_writable(std::uint32_t stack, std::uint64_t address, std::uint64_t length) {
    std::uint32_t place;
    if (!stacks_.find(stack, place)) return false;
    if (ended_ || address + length <= address) return true;
    const std::uint64_t bytes = mappings_.reserved(address, length);
    const bool counted = of_subject(place, format::Allocator::mmap);
    mappings_.make_writable(address, length, {counted, bytes_.now_us()});
    if (bytes != 0 && counted) grow(bytes, 1);
    return true;
}

void SubjectHistory::define_thread(std::uint64_t, format::Bytes) {
    threads_.define();
    reallocating_.emplace_back();
    freed_at_us_.push_back(0);
}

std::optional<SubjectHistory::Block> SubjectHistory::take(std::uint64_t address) {
    const auto at = live_.find(address);
    if (at == live_.end()) return std::nullopt;
    const Block block = at->second;
    live_.erase(at);
    shrink(block.size, 1);
    return block;
}

void SubjectHistory::put(std::uint64_t address, const Block& block) {
    live_[address] = block;
    grow(block.size, 1);
}

void SubjectHistory::map_at(std::uint32_t place, MappingKind kind, std::uint64_t address, std::uint64_t length) {
    unmap_at(address, length);
    if ((kind != MappingKind::heap && kind != MappingKind::reserved) || address + length <= address) return;
    if (kind == MappingKind::reserved) return mappings_.reserve(address, length);
    const bool counted = of_subject(place, format::Allocator::mmap);
    mappings_.map_heap(address, length, {counted, bytes_.now_us()});
    if (counted) grow(length, 1);
}

void SubjectHistory::unmap_at(std::uint64_t address, std::uint64_t length) {
    mappings_.unmap(address, length, [this](const Call& call, std::uint64_t bytes, bool last) {
        if (!call.of_subject) return;
        shrink(bytes, last ? 1 : 0);
        if (last) lived(call.time_us, bytes, 1);
    });
}

void SubjectHistory::grow(std::uint64_t bytes, std::uint64_t blocks) {
    heap_ += bytes;
    count_ += blocks;
    bytes_.heap(heap_);
    blocks_.heap(count_);
}

void SubjectHistory::shrink(std::uint64_t bytes, std::uint64_t blocks) {
    heap_ -= bytes;
    count_ -= blocks;
}

void SubjectHistory::lived(std::uint64_t since_us, std::uint64_t bytes, std::int64_t change) {
    if (!begun_) return;
    const std::uint64_t lifetime = bytes_.now_us() - since_us;
    const auto upper = std::upper_bound(kLifetimes.begin(), kLifetimes.end(), lifetime);
    Amount& amount = lifetimes_[static_cast<std::size_t>(upper - kLifetimes.begin())];
    amount.allocations += static_cast<std::uint64_t>(change);
    amount.bytes += static_cast<std::uint64_t>(change) * bytes;
    sum_of_lifetimes_ += static_cast<std::uint64_t>(change) * lifetime;
}

void SubjectHistory::advance(std::uint64_t time_us) {
    if (ended_) return;
    if (!begun_ && time_us >= part_.from_us) {
        begun_ = true;
        bytes_.begin(heap_);
        blocks_.begin(count_);
    }
    ended_ = time_us >= part_.to_us;
    bytes_.advance(std::min(time_us, part_.to_us), heap_);
    blocks_.advance(std::min(time_us, part_.to_us), count_);
}

}  // namespace alloclens::core
