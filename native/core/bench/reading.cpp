// Events a second, in processor time: decoding alone and whole reports, of synthetic streams and of given captures.
#include <ctime>
#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/format/event_visitor.hpp"
#include "core/session.hpp"
#include "core/testing/large_captures.hpp"

#include <sys/resource.h>
#include <unistd.h>

using namespace alloclens;

namespace {

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double resident_mb() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

void print(const std::string& name, std::uint64_t events, double seconds, std::size_t bytes) {
    std::printf("%-44s %7.1f M events  %6.2f bytes each  %7.1f M events/s  peak RSS %.0f MB\n", name.c_str(),
                static_cast<double>(events) / 1e6, static_cast<double>(bytes) / static_cast<double>(events),
                static_cast<double>(events) / seconds / 1e6, resident_mb());
}

/// Takes events and does nothing with them.
struct Nothing : format::EventVisitor {
    std::uint64_t sum = 0;
    bool allocation(std::uint32_t, std::uint64_t size, format::Allocator, std::uint64_t address) { return sum += size + address, true; }
    void free(std::uint64_t address, bool) { sum += address; }
};

/// Calls for allocations and frees as a program of that kind makes them.
using Stream = std::function<void(const std::function<void(std::uint32_t stack, std::uint64_t size, std::uint64_t address)>&,
                                  const std::function<void(std::uint64_t address)>&)>;

/// Small objects that live for a few allocations, at addresses that are handed out again.
void churn(const auto& allocate, const auto& free) {
    std::vector<std::uint64_t> live;
    for (std::uint64_t i = 0; i < 64; ++i) live.push_back(0x7f0000000000 + i * 48);
    for (std::size_t i = 0; i < live.size(); ++i) allocate(1 + static_cast<std::uint32_t>(i % 3), 48, live[i]);
    for (std::uint32_t i = 0; i < 10'000'000; ++i) {
        const std::uint64_t address = live[(i * 7) % live.size()];
        free(address);
        allocate(1 + i % 3, 32 + 16 * (i % 3), address);
    }
}

/// Ten million small objects, then all of them go.
void build_and_drop(const auto& allocate, const auto& free) {
    for (std::uint64_t i = 0; i < 10'000'000; ++i) allocate(1 + static_cast<std::uint32_t>(i % 2), 56, 0x7f0000000000 + i * 64);
    for (std::uint64_t i = 0; i < 10'000'000; ++i) free(0x7f0000000000 + i * 64);
}

/// A million objects of many sizes, replaced at random.
void shuffle(const auto& allocate, const auto& free) {
    std::mt19937_64 random(1);
    constexpr std::uint64_t kPlaces = 1'000'000;
    std::vector<bool> live(kPlaces);
    for (std::uint32_t i = 0; i < 20'000'000; ++i) {
        const std::uint64_t place = random() % kPlaces;
        const std::uint64_t address = 0x7f0000000000 + place * 176;
        if (live[place]) free(address);
        else allocate(1 + static_cast<std::uint32_t>(random() % 500), 16 + random() % 160, address);
        live[place] = !live[place];
    }
}

/// A million blocks of a megabyte each: the worst case for memory.
void sparse(const auto& allocate, const auto& free) {
    for (std::uint64_t i = 0; i < 1'000'000; ++i) allocate(1, 1 << 20, 0x600000000010 + (i << 20));
    for (std::uint64_t i = 0; i < 1'000'000; ++i) free(0x600000000010 + (i << 20));
}

void decode_alone(const char* name, const Stream& stream) {
    std::vector<std::vector<std::uint8_t>> blocks;
    std::vector<std::uint8_t> block(format::kEventsCapacity + format::kDecoderPadding);
    format::EventEncoder encoder;
    std::uint8_t* out = block.data();
    std::uint64_t events = 0;
    std::size_t bytes = 0;
    const auto flush = [&] {
        bytes += static_cast<std::size_t>(out - block.data());
        blocks.emplace_back(block.data(), out);
        blocks.back().resize(blocks.back().size() + format::kDecoderPadding, 0);
        out = block.data();
        encoder.reset();
    };
    const auto next = [&] {
        ++events;
        if (out + format::kMaxEventSize > block.data() + format::kEventsCapacity) flush();
    };
    stream([&](std::uint32_t stack, std::uint64_t size, std::uint64_t address) {
               out = encoder.allocation(out, stack, size, format::Allocator::pyobject_malloc, address);
               next();
           },
           [&](std::uint64_t address) {
               out = encoder.free(out, address);
               next();
           });
    flush();
    Nothing nothing;
    format::EventDecoder<Nothing> decoder(nothing);
    const double begin = processor_seconds();
    for (const auto& b : blocks) {
        decoder.reset();
        if (decoder.decode(b.data(), b.data() + b.size() - format::kDecoderPadding).problem) std::abort();
    }
    print(std::string("decode alone: ") + name, events, processor_seconds() - begin, bytes);
    if (nothing.sum == 1) std::puts("");  // or the compiler leaves the work out
}

void whole_report(const std::string& name, const std::string& path, std::size_t bytes) {
    const double begin = processor_seconds();
    core::Session session(path);
    const std::string summary = session.query(R"({"query":"summary"})");
    const double seconds = processor_seconds() - begin;
    print(name, nlohmann::json::parse(summary)["events"].get<std::uint64_t>(), seconds, bytes);
}

/// What each question costs once the capture is open. A range, sizes and growth read it again.
void questions(const std::string& path) {
    core::Session session(path);
    const double duration = nlohmann::json::parse(session.query(R"({"query":"summary"})"))["duration_s"];
    const std::string quarters = R"({"from_s":)" + std::to_string(duration / 4) + R"(,"to_s":)" + std::to_string(duration * 3 / 4) + "}";
    const std::pair<const char*, std::string> asked[] = {
        {"lines", R"({"query":"lines"})"},
        {"functions", R"({"query":"functions"})"},
        {"tree of 20,000 nodes", R"({"query":"tree","measure":"peak","max_nodes":20000})"},
        {"the same again, upside down", R"({"query":"tree","measure":"peak","max_nodes":20000,"inverted":true})"},
        {"tree of the middle half of the run", R"({"query":"tree","measure":"peak","max_nodes":20000,"scope":)" + quarters + "}"},
        {"another measure of that range", R"({"query":"tree","measure":"unfreed","max_nodes":20000,"scope":)" + quarters + "}"},
        {"stats", R"({"query":"stats","measure":"peak","limit":10})"},
    };
    for (const auto& [name, question] : asked) {
        const double begin = processor_seconds();
        const std::string answer = session.query(question);
        std::printf("  %-42s %7.3f s  %8.2f MB  peak RSS %.0f MB\n", name, processor_seconds() - begin, static_cast<double>(answer.size()) / 1e6, resident_mb());
    }
}

void many_stacks(std::uint32_t stacks) {
    const std::string path = "/tmp/alloclens-bench-" + std::to_string(::getpid()) + ".alloclens";
    std::size_t size = 0;
    {
        const std::string bytes = core::testing::many_stacks(stacks);
        size = bytes.size();
        core::testing::CaptureBuilder::save(path, bytes);
    }
    whole_report("report: " + std::to_string(stacks) + " stacks", path, size);
    questions(path);
    std::remove(path.c_str());
}

void report_of_stream(const char* name, const Stream& stream) {
    std::string bytes;
    {
        core::testing::CaptureBuilder builder;
        const auto code = builder.stepping_code("/w/main.py", "main", 1, 100);
        for (std::uint32_t i = 0; i < 500; ++i) builder.stack(i / 3, code, i % 100);
        stream([&](std::uint32_t stack, std::uint64_t size, std::uint64_t address) { builder.allocate(stack, size, address); },
               [&](std::uint64_t address) { builder.free(address); });
        bytes = builder.finished();
    }
    const std::string path = "/tmp/alloclens-bench-" + std::to_string(::getpid()) + ".alloclens";
    core::testing::CaptureBuilder::save(path, bytes);
    whole_report(std::string("report: ") + name, path, bytes.size());
    std::remove(path.c_str());
}

}  // namespace

/// core_bench [capture …]: without captures, the synthetic streams and a capture of 5 M stacks.
int main(int count, char** arguments) {
    for (int i = 1; i < count; ++i) {
        std::FILE* const file = std::fopen(arguments[i], "rb");
        if (!file) return std::perror(arguments[i]), 1;
        std::fseek(file, 0, SEEK_END);
        const auto size = static_cast<std::size_t>(std::ftell(file));
        std::fclose(file);
        whole_report(arguments[i], arguments[i], size);
        questions(arguments[i]);
    }
    if (count > 1) return 0;
    const std::pair<const char*, Stream> streams[] = {
        {"short-lived objects", [](const auto& a, const auto& f) { churn(a, f); }},
        {"1 M blocks of 1 MB, then freed", [](const auto& a, const auto& f) { sparse(a, f); }},
        {"1 M objects replaced at random", [](const auto& a, const auto& f) { shuffle(a, f); }},
        {"10 M objects built, then freed", [](const auto& a, const auto& f) { build_and_drop(a, f); }},
    };
    for (const auto& [name, stream] : streams) decode_alone(name, stream);
    for (const auto& [name, stream] : streams) report_of_stream(name, stream);
    many_stacks(5'000'000);
}
