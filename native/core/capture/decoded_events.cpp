#include "decoded_events.hpp"

#include "core/format/event_visitor.hpp"

namespace alloclens::core {

struct DecodedEvents::Writer : format::EventVisitor {
    const std::uint8_t* payload;
    std::uint64_t* out;

    Writer(const std::uint8_t* from, std::uint64_t* to) : payload(from), out(to) {}

    static std::uint64_t head(Kind kind, std::uint64_t address) { return static_cast<std::uint64_t>(kind) << kKindShift | address; }

    bool allocation(std::uint32_t stack, std::uint64_t size, format::Allocator allocator, std::uint64_t address) {
        const std::uint64_t what = static_cast<std::uint64_t>(allocator) << 56 | stack;
        if (size <= kShortSize) [[likely]] {
            out[0] = head(Kind::allocation, address);
            out[1] = what | size << 32;
            out += 2;
            return true;
        }
        out[0] = head(Kind::long_allocation, address);
        out[1] = what;
        out[2] = size;
        out += 3;
        return true;
    }
    void free(std::uint64_t address, bool for_realloc) { *out++ = head(for_realloc ? Kind::free_for_realloc : Kind::free, address); }
    void control(const std::uint8_t* event, std::uint32_t last_stack) {
        out[0] = head(Kind::control, static_cast<std::uint64_t>(event - payload));
        out[1] = last_stack;
        out += 2;
    }
};

void DecodedEvents::decode(const std::uint8_t* payload, std::size_t size) {
    if (!words_) words_ = std::make_unique_for_overwrite<std::uint64_t[]>(format::kEventsCapacity * kWordsOfEvent);
    count_ = 0;
    stop_ = size;
    problem_ = nullptr;
    if (size <= sizeof(format::EventsPreamble)) return;
    Writer writer(payload, words_.get());
    const auto stop = format::EventDecoder<Writer>(writer).decode(payload + sizeof(format::EventsPreamble), payload + size);
    count_ = static_cast<std::size_t>(writer.out - words_.get());
    stop_ = static_cast<std::size_t>(stop.at - payload);
    problem_ = stop.problem;
}

const std::uint8_t* DecodedEvents::allocation_at(const std::uint8_t* payload, std::size_t number) {
    struct Counter : format::EventVisitor {
        std::size_t left;
        explicit Counter(std::size_t wanted) : left(wanted) {}
        bool allocation(std::uint32_t, std::uint64_t, format::Allocator, std::uint64_t) { return --left != 0; }
    } counter(number);
    // It ends there, before the block does.
    return format::EventDecoder<Counter>(counter).decode(payload + sizeof(format::EventsPreamble), payload + format::kEventsCapacity).at;
}

}  // namespace alloclens::core
