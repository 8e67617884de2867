// Tracks this process as the Python module does, but without an interpreter: nothing has a Python line.
#pragma once

#include <cstdint>
#include <string>

#include <doctest/doctest.h>
#include <unistd.h>

#include "core/capture/reader.hpp"
#include "tracker/hooks/fork.hpp"
#include "tracker/hooks/interposition.hpp"
#include "tracker/recorder/recorder.hpp"

namespace alloclens::tracker {

class Tracking {
  public:
    Tracking() : path_("/tmp/alloclens-tracking-" + std::to_string(::getpid()) + ".alloclens") { start(); }
    ~Tracking() {
        if (running_) stop();
        ::unlink(path_.c_str());
    }
    Tracking(const Tracking&) = delete;
    Tracking& operator=(const Tracking&) = delete;

    void start() {
        REQUIRE(find_real_functions());
        watch_forks();
        Interpreter none;
        none.this_thread_state = []() -> void* { return nullptr; };
        none.code_type = code_type();
        RecorderOptions options;
        options.path = path_;
        options.overwrite = true;
        options.metadata = R"({"run_id": "0", "page_size": 4096})";
        REQUIRE(interpose().empty());
        const std::string sentence = recorder::begin(none, options);
        REQUIRE(sentence == "");  // no message: doctest would allocate for it, now that it is recorded
        running_ = true;
    }

    /// What was recorded, all of it on no line.
    core::Figures stop() {
        running_ = false;
        const std::string lost_sentence = recorder::finish({"stopped", false, 0});
        restore();
        CHECK(lost_sentence == "");
        return read();
    }

    core::Figures read() {
        core::Reader reader(path_);
        reader.update({});
        CHECK_FALSE(reader.recording().damage);
        CHECK(reader.recording().profile.frees_missed() == 0);
        lost = reader.recording().end ? reader.recording().end->lost_events : 0;
        events = reader.recording().profile.events();
        const core::Profile& profile = reader.recording().profile;
        core::Figures sum;
        for (std::uint32_t account = 1; account < profile.ledger().accounts(); ++account) sum += profile.figures(account);
        return sum;
    }

    const std::string& path() const { return path_; }
    std::uint64_t lost = 0, events = 0;  ///< as read last

    /// Stands for PyCode_Type: only its destructor is looked at.
    static void* code_type() {
        static void* type[16] = {};
        if (!type[kTypeDealloc / sizeof(void*)]) type[kTypeDealloc / sizeof(void*)] = reinterpret_cast<void*>(+[](void*) {});
        return type;
    }

  private:
    std::string path_;
    bool running_ = false;
};

/// What was live, and what was asked for, in one line that a failed check prints.
inline std::string told(const core::Figures& figures) {
    const auto amount = [](const core::Amount& a) { return std::to_string(a.bytes) + " in " + std::to_string(a.allocations); };
    return "peak " + amount(figures.peak) + ", unfreed " + amount(figures.unfreed) + ", total " + amount(figures.total);
}

/// Tracks while `program` runs.
template <class Program>
std::string figures_of(Program program) {
    Tracking tracking;
    program();
    const std::string figures = told(tracking.stop());
    CHECK(tracking.lost == 0);
    return figures;
}

}  // namespace alloclens::tracker
