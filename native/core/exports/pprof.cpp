// pprof's profile.proto (github.com/google/pprof/blob/main/proto/profile.proto): all measures at once, the chosen one shown
// first.
#include <string>
#include <unordered_map>

#include "core/queries/queries.hpp"
#include "core/queries/scope.hpp"
#include "export.hpp"
#include "gzip.hpp"
#include "protobuf.hpp"

namespace alloclens::core {

namespace {

constexpr Measure kMeasures[] = {Measure::peak, Measure::unfreed, Measure::total, Measure::temporary};

class Texts {
  public:
    Texts() { number(""); }  // the first must be empty
    std::uint64_t number(std::string_view text) {
        const auto [at, added] = numbers_.try_emplace(std::string(text), texts_.size());
        if (added) texts_.push_back(at->first);
        return at->second;
    }
    const std::vector<std::string>& texts() const { return texts_; }

  private:
    std::unordered_map<std::string, std::uint64_t> numbers_;
    std::vector<std::string> texts_;
};

void add_sample_types(ProtobufMessage& profile, Texts& texts, Measure chosen) {
    for (const Measure measure : kMeasures) {
        const std::string name = name_of(measure);
        profile.message(1, ProtobufMessage().number(1, texts.number(name + "_objects")).number(2, texts.number("count")));
        profile.message(1, ProtobufMessage().number(1, texts.number(name + "_space")).number(2, texts.number("bytes")));
    }
    profile.number(14, texts.number(std::string(name_of(chosen)) + "_space"));
}

void add_samples(ProtobufMessage& profile, Texts& texts, const Exported& what) {
    const View& view = what.view;
    view.each_account([&](std::uint32_t account, std::uint32_t stack, const Who& who, const Figures& figures) {
        what.report(account, view.profile().ledger().accounts());
        std::vector<std::uint64_t> locations, values;
        for (std::uint32_t at = stack; at != 0; at = view.parent(at)) locations.push_back(view.place(at) + 1);
        for (const Measure measure : kMeasures) {
            values.push_back(figures.of(measure).allocations);
            values.push_back(figures.of(measure).bytes);
        }
        ProtobufMessage sample;
        sample.numbers(1, locations).numbers(2, values);
        sample.message(3, ProtobufMessage().number(1, texts.number("thread")).number(2, texts.number(thread_name(view.program(), who.thread))));
        sample.message(3, ProtobufMessage().number(1, texts.number("allocator")).number(2, texts.number(name_of(who.allocator))));
        profile.message(2, sample);
    });
}

/// Ids count from 1: a place's location is its number and one more, and so is a function's.
void add_locations(ProtobufMessage& profile, Texts& texts, const Places& places) {
    for (std::uint32_t i = 0; i < places.places(); ++i) {
        const Places::Place& place = places.place(i);
        const ProtobufMessage line = ProtobufMessage().number(1, place.function + 1).number(2, place.line);
        profile.message(4, ProtobufMessage().number(1, i + 1).message(4, line));
    }
    for (std::uint32_t i = 0; i < places.functions(); ++i) {
        const Places::Function& function = places.function(i);
        const std::uint64_t name = texts.number(i ? places.name(function.name) : std::string("(unknown)"));
        profile.message(5, ProtobufMessage().number(1, i + 1).number(2, name).number(3, name)
                               .number(4, texts.number(places.file(function.file).path)).number(5, function.first_line));
    }
}

}  // namespace

void export_pprof(const Exported& what) {
    ProtobufMessage profile;
    Texts texts;
    add_sample_types(profile, texts, what.measure);
    add_samples(profile, texts, what);
    add_locations(profile, texts, what.view.places());
    const Recording& recording = what.view.recording();
    if (recording.metadata) profile.number(9, recording.metadata->start_time_us * 1000);
    profile.number(10, static_cast<std::uint64_t>(duration_s(recording) * 1e9));
    for (const std::string& text : texts.texts()) profile.bytes(6, text);
    what.out.write(gzip_stored(profile.text()));
}

}  // namespace alloclens::core
