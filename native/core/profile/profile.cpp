#include "profile.hpp"

#include <string_view>

#include "core/code/text.hpp"

namespace alloclens::core {

namespace {

// Far beyond what a program has; a crafted file must not cost memory without end.
constexpr std::size_t kMaxStacks = 1u << 26;
constexpr std::size_t kMaxLineTable = 64u << 20;

/// pymalloc's arenas are shown apart; files are no heap, whatever is written into them.
MappingKind kind_of(std::uint8_t flags) {
    if (!(flags & format::kMappingAnonymous) || flags & format::kMappingPythonArena) return MappingKind::other;
    return flags & format::kMappingWritable ? MappingKind::heap : MappingKind::reserved;
}

std::string_view view(format::Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data), bytes.size}; }

}  // namespace

bool Profile::begin_block(const format::EventsPreamble& preamble) {
    if (!stacks_.skip_to(preamble.first_stack) || !codes_.skip_to(preamble.first_code) ||
        !threads_.skip_to(preamble.first_thread) || !threads_.find(preamble.current_thread, thread_)) {
        return false;
    }
    timeline_.advance(preamble.time_us, ledger_.heap());
    if (preamble.rss_pages != 0) sampled_rss(preamble.rss_pages);
    return true;
}

void Profile::realloc_failed(std::uint64_t address) {
    std::optional<LiveBlock>& block = reallocating_[thread_];
    if (!block) return;
    if (const auto lost = blocks_.insert(address, block->stack, block->size)) ledger_.shrink(lost->stack, lost->size, 1);
    grew(ledger_.grow(block->stack, block->size, 1));
    block.reset();
}

bool Profile::map(std::uint32_t stack, std::uint8_t flags, std::uint64_t address, std::uint64_t length) {
    std::uint32_t place;
    if (!stacks_.find(stack, place)) return false;
    ++events_;
    grew(mappings_.map(place, kind_of(flags), address, length));
    return true;
}

void Profile::unmap(std::uint64_t address, std::uint64_t length) {
    ++events_;
    mappings_.unmap(address, length);
}

bool Profile::remap(std::uint32_t stack, std::uint8_t flags, std::uint64_t old_address, std::uint64_t old_length,
                    std::uint64_t address, std::uint64_t length) {
    std::uint32_t place;
    if (!stacks_.find(stack, place)) return false;
    ++events_;
    const MappingKind kind = mappings_.kind_at(old_address).value_or(kind_of(flags));
    mappings_.unmap(old_address, old_length);
    grew(mappings_.map(place, kind, address, length));
    return true;
}

bool Profile::make_writable(std::uint32_t stack, std::uint64_t address, std::uint64_t length) {
    std::uint32_t place;
    if (!stacks_.find(stack, place)) return false;
    ++events_;
    grew(mappings_.make_writable(place, address, length));
    return true;
}

void Profile::define_thread(std::uint64_t kernel_id, format::Bytes name) {
    threads_.define();
    program_.threads.push_back({kernel_id, repair_utf8(view(name))});
    reallocating_.emplace_back();
}

void Profile::thread_name(format::Bytes name) {
    if (thread_ != 0) program_.threads[thread_].name = repair_utf8(view(name));
}

void Profile::define_code(std::uint32_t first_line, format::LineTable format, const format::RecordedText& file,
                          const format::RecordedText& name, format::Bytes lines) {
    codes_.define();
    program_.codes.push_back({program_.strings.intern(to_utf8(file)), program_.strings.intern(to_utf8(name)), first_line,
                              format, std::string(view(lines))});
}

bool Profile::more_lines(std::uint32_t code, format::Bytes lines) {
    std::uint32_t place;
    if (!codes_.find(code, place)) return false;
    if (place == 0) return true;
    if (program_.codes[place].lines.size() > kMaxLineTable) return false;
    program_.codes[place].lines.append(view(lines));
    ++program_.line_tables_changed;
    return true;
}

bool Profile::define_stack(std::uint32_t distance_to_parent, std::uint32_t code, std::uint32_t instruction) {
    Stack stack;
    if (!codes_.find(code, stack.code)) return false;
    stack.instruction = instruction;
    return add_stack(distance_to_parent, stack);
}

bool Profile::define_native_stack(std::uint32_t distance_to_parent, std::uint32_t module, std::uint64_t offset) {
    Stack stack;
    stack.native = static_cast<std::uint32_t>(program_.natives.size());
    if (!add_stack(distance_to_parent, stack)) return false;
    program_.natives.push_back({module, offset});
    return true;
}

bool Profile::add_stack(std::uint32_t distance_to_parent, Stack stack) {
    const std::uint32_t id = stacks_.next();
    if (distance_to_parent > id || program_.stacks.size() >= kMaxStacks) return false;
    if (!stacks_.find(id - distance_to_parent, stack.parent)) return false;
    if (stack.native) {
        stack.code = program_.stacks[stack.parent].code;
        stack.instruction = program_.stacks[stack.parent].instruction;
    }
    stacks_.define();
    program_.stacks.push_back(stack);
    ledger_.add_stack();
    return true;
}

void Profile::rss(std::int64_t pages) { sampled_rss(rss_pages_ + static_cast<std::uint64_t>(pages)); }

void Profile::sampled_rss(std::uint64_t pages) {
    rss_pages_ = pages;
    if (pages > peak_rss_pages_) peak_rss_pages_ = pages;
    timeline_.rss(pages * page_size_);
}

}  // namespace alloclens::core
