// What the tracker writes, read back by core.
#include <csignal>
#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "core/capture/reader.hpp"
#include "tracker/writer/event_stream.hpp"
#include "tracker/writer/truncation_guard.hpp"

namespace alloclens::tracker {
namespace {

using format::Allocator;

class Folder {
  public:
    Folder() {
        char name[] = "/tmp/alloclens-writing-XXXXXX";
        REQUIRE(::mkdtemp(name));
        path_ = name;
    }
    ~Folder() {
        ::unlink(capture().c_str());
        ::rmdir(path_.c_str());
    }
    std::string capture() const { return path_ + "/run.alloclens"; }

  private:
    std::string path_;
};

constexpr char kMetadata[] = R"({"run_id": "0", "cwd": "/w", "page_size": 4096, "detail": "objects"})";

/// Makes events as a program would, and remembers what is live.
class Program {
  public:
    explicit Program(EventStream& stream) : stream_(stream) {
        stream.switch_thread(stream.define_thread(1, "main"));
        const auto text = [](const char* characters) {
            return EventStream::Text{characters, std::char_traits<char>::length(characters), format::Encoding::utf8};
        };
        const std::uint32_t code = stream.define_code(1, format::LineTable::lnotab, text("main.py"), text("main"), "", 0);
        for (std::uint32_t i = 0; i < 300; ++i) stacks_.push_back(stream.define_stack(i ? stacks_[i / 2] : 0, code, i));
    }

    void run(int events) {
        for (int i = 0; i < events; ++i) {
            if (!live_.empty() && random_() % 2) {
                const auto block = live_.lower_bound(random_() % live_.rbegin()->first);
                stream_.free(block->first, false);
                live_bytes_ -= block->second;
                live_.erase(block);
            } else {
                const std::uint64_t address = 0x7f0000000000 + random_() % (1 << 24) * 16;
                const std::uint64_t size = random_() % 5000;
                if (!live_.try_emplace(address, size).second) continue;
                stream_.allocation(stacks_[random_() % stacks_.size()], size, Allocator::malloc, address);
                live_bytes_ += size;
            }
            ++events_;
        }
    }

    std::uint64_t events() const { return events_; }
    std::uint64_t live_bytes() const { return live_bytes_; }

  private:
    EventStream& stream_;
    std::vector<std::uint32_t> stacks_;
    std::map<std::uint64_t, std::uint64_t> live_;
    std::uint64_t live_bytes_ = 0, events_ = 0;
    std::mt19937_64 random_{5};
};

void check_holds(core::Reader& reader, const Program& program) {
    reader.update({});
    const core::Recording& recording = reader.recording();
    CHECK_FALSE(recording.damage);
    CHECK(recording.profile.events() == program.events());
    CHECK(recording.profile.ledger().heap() == program.live_bytes());
}

constexpr char kEnd[] = R"({"end_time_us": 1, "exit_status": 0, "reason": "exit", "events": 0, "lost_events": 0})";

std::string noise(std::size_t size) {
    std::mt19937 random(9);
    std::string text;
    while (text.size() < size) text += static_cast<char>(random());
    return text;
}

}  // namespace

TEST_CASE("a finished capture holds every event and ends behind its last block") {
    const Folder folder;
    EventStream stream;
    REQUIRE(stream.begin(folder.capture(), false, kMetadata).empty());
    Program program(stream);
    program.run(400'000);
    CHECK(stream.events() == program.events());
    CHECK(stream.finish(kEnd));
    core::Reader reader(folder.capture());
    check_holds(reader, program);
    CHECK(reader.recording().end);
    CHECK(reader.recording().metadata);
}

TEST_CASE("what was recorded is in the file at once, whenever the program ends") {
    const Folder folder;
    EventStream stream;
    REQUIRE(stream.begin(folder.capture(), false, kMetadata).empty());
    Program program(stream);
    core::Reader growing(folder.capture());
    for (const int events : {1, 10, 1000, 100'000, 1, 200'000, 7}) {
        program.run(events);
        core::Reader fresh(folder.capture());
        check_holds(fresh, program);
        check_holds(growing, program);
    }
    CHECK_FALSE(growing.recording().end);
    stream.abandon();
    check_holds(growing, program);
}

TEST_CASE("the open slot makes way for blocks that come near, and keeps what it holds") {
    const Folder folder;
    EventStream stream;
    REQUIRE(stream.begin(folder.capture(), false, kMetadata).empty());
    Program program(stream);
    const std::string source = std::string("\0\0\0\0\4\0\0\0name", 12) + noise(1'000'000);
    for (int i = 0; i < 12; ++i) {
        program.run(500);
        stream.block(format::BlockKind::source, source.data(), source.size());
        core::Reader reader(folder.capture());
        check_holds(reader, program);
        CHECK(reader.recording().sources.size() == static_cast<std::size_t>(i) + 1);
    }
    CHECK(stream.finish(kEnd));
    core::Reader reader(folder.capture());
    check_holds(reader, program);
}

TEST_CASE("a capture is its owner's alone, and is not written over another file") {
    const Folder folder;
    EventStream stream;
    REQUIRE(stream.begin(folder.capture(), false, kMetadata).empty());
    struct stat status {};
    REQUIRE(::stat(folder.capture().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(stream.finish(kEnd));

    const std::string refused = stream.begin(folder.capture(), false, kMetadata);
    CHECK(refused == "The capture " + folder.capture() + " already exists: choose another name, or overwrite it with -f.");
    CHECK(stream.begin(folder.capture(), true, kMetadata).empty());
    CHECK(stream.finish(kEnd));
    const std::string left = folder.capture() + "." + std::to_string(::getpid()) + ".new";
    ::close(::open(left.c_str(), O_CREAT | O_WRONLY, 0600));
    CHECK(stream.begin(folder.capture(), true, kMetadata).find("has left " + left + ". Delete that file.") != std::string::npos);
    ::unlink(left.c_str());
    CHECK(stream.begin("/proc/none", true, kMetadata).find("cannot be created") != std::string::npos);
    CHECK(stream.begin("/dev/null", true, kMetadata).find("no regular file") != std::string::npos);
}

TEST_CASE("when no more can be written the capture says so and stays readable") {
    const Folder folder;
    EventStream stream;
    REQUIRE(stream.begin(folder.capture(), false, kMetadata).empty());
    Program program(stream);
    std::signal(SIGXFSZ, SIG_IGN);  // as CPython does: the write fails instead
    struct rlimit before {};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const struct rlimit small {5'000'000, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    std::uint64_t written = 0;
    for (int i = 0; i < 20'000 && !*stream.failure(); ++i) {
        written = program.events();
        program.run(100);
    }
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK(std::string(stream.failure()) ==
          "The capture " + folder.capture() + " ends here, it can be read up to this point: File too large.");

    core::Reader cut_short(folder.capture());
    cut_short.update({});
    CHECK_FALSE(cut_short.recording().damage);
    CHECK(cut_short.recording().profile.events() + 200 > written);
    program.run(100'000);  // goes nowhere
    CHECK(stream.finish(kEnd));
    core::Reader finished(folder.capture());
    finished.update({});
    CHECK(finished.recording().profile.events() == cut_short.recording().profile.events());
}

TEST_CASE("a capture that another program cuts does no harm to the one that writes it") {
    const Folder folder;
    EventStream stream;
    install_truncation_guard();
    REQUIRE(stream.begin(folder.capture(), false, kMetadata).empty());
    Program program(stream);
    program.run(1000);
    REQUIRE(::truncate(folder.capture().c_str(), 100) == 0);
    program.run(400'000);
    CHECK(std::string(stream.failure()).find("cut by another program") != std::string::npos);
    CHECK_FALSE(stream.finish(kEnd));
    remove_truncation_guard();
}

TEST_CASE("a descriptor that the program has closed and opened for a file of its own is not written to") {
    const Folder folder;
    EventStream stream;
    REQUIRE(stream.begin(folder.capture(), false, kMetadata).empty());
    Program program(stream);
    program.run(1000);
    std::FILE* const own = std::tmpfile();
    REQUIRE(own);
    for (int fd = 3; fd < 1100; ++fd) {
        if (fd == fileno(own)) continue;
        char target[4096] = {};
        const std::string link = "/proc/self/fd/" + std::to_string(fd);
        if (::readlink(link.c_str(), target, sizeof target - 1) > 0 && folder.capture() == target) {
            REQUIRE(::dup2(fileno(own), fd) == fd);
        }
    }
    program.run(400'000);
    CHECK(stream.finish(kEnd));
    struct stat status {};
    REQUIRE(::fstat(fileno(own), &status) == 0);
    CHECK(status.st_size == 0);
    core::Reader reader(folder.capture());
    check_holds(reader, program);
    std::fclose(own);
}

}  // namespace alloclens::tracker
