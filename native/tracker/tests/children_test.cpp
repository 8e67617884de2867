// Which commands are followed, and as what.
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "core/capture/child.hpp"
#include "tracker/children/followed_command.hpp"
#include "tracker/children/python_command.hpp"

namespace alloclens::tracker {
namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> result;
    for (std::string& word : words) result.push_back(word.data());
    result.push_back(nullptr);
    return result;
}

/// The words from the program on, or the refusal.
std::string program_of(std::vector<std::string> words) {
    words.insert(words.begin(), "python");
    const PythonCommand command = read_python_command(pointers(words).data());
    if (command.refusal) return command.refusal;
    std::string text = words[static_cast<std::size_t>(command.program)];
    return command.flags ? text.substr(0, static_cast<std::size_t>(command.flags)) + " " + text.substr(static_cast<std::size_t>(command.flags)) : text;
}

class Folder {
  public:
    Folder() {
        char name[] = "/tmp/alloclens-children-XXXXXX";
        REQUIRE(::mkdtemp(name));
        path_ = name;
    }
    ~Folder() {
        for (const std::string& file : files_) ::unlink(file.c_str());
        ::rmdir(path_.c_str());
    }
    std::string file(const std::string& name, const std::string& text, mode_t mode = 0700) {
        const std::string path = path_ + "/" + name;
        std::ofstream(path) << text;
        ::chmod(path.c_str(), mode);
        files_.push_back(path);
        return path;
    }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
    std::vector<std::string> files_;
};

/// An ELF file that asks for an interpreter, as programs that are not static do.
std::string program() {
    std::string text;
    std::ifstream in("/proc/self/exe", std::ios::binary);
    text.resize(2048);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    return text;
}

TEST_CASE("a program begins behind the interpreter's options, their values and flags joined to them") {
    CHECK(program_of({"a.py", "-c"}) == "a.py");
    CHECK(program_of({"-"}) == "-");
    CHECK(program_of({"-c", "1"}) == "-c");
    CHECK(program_of({"-I", "-W", "-m", "-X", "dev", "-mtimeit"}) == "-mtimeit");
    CHECK(program_of({"-Wignore", "-bb", "a.py"}) == "a.py");
    CHECK(program_of({"--check-hash-based-pycs", "always", "a.py"}) == "a.py");
    CHECK(program_of({"-um", "timeit"}) == "-u m");
    CHECK(program_of({"-Icprint(1)"}) == "-I cprint(1)");
}

TEST_CASE("an interpreter without a program is not followed") {
    CHECK(program_of({}) == "it names no program on its command line");
    CHECK(program_of({"-i"}) == "it names no program on its command line");
    CHECK(program_of({"-c"}) == "its command line is not complete");
    CHECK(program_of({"-W"}) == "its command line is not complete");
    CHECK(program_of({"-V"}) == "it only asks the interpreter for help or its version");
    CHECK(program_of({"--help-env"}) == "it only asks the interpreter for help or its version");
    CHECK(program_of({"-x", "a.py"}) == "it skips the first line of its script (-x)");
}

struct Case {
    Folder folder;
    Children family;
    std::string launcher = folder.file("launcher.py", "");
    std::string path_variable = "PATH=" + folder.path();
    char* environment[2] = {path_variable.data(), nullptr};

    Case() { family.begin({true, {launcher, "run"}, folder.path() + "/parent"}, "0123"); }

    /// The words that would be executed, the launcher's as "…", or the refusal.
    std::string followed(const std::string& path, std::vector<std::string> words) {
        const FollowedCommand command(family, path.c_str(), pointers(words).data(), environment);
        if (command.absent()) return "absent";
        if (command.refusal()) return command.refusal();
        std::string text = command.path();
        for (char* const* word = command.words(); *word; ++word) text += std::string(" ") + *word;
        const std::string ours = launcher + " run --child-of 0123:" + folder.path() + "/parent";
        const std::size_t at = text.find(ours);
        REQUIRE(at != text.npos);
        text.replace(at, ours.size(), "…");
        for (std::size_t place; (place = text.find(folder.path())) != text.npos;) text.replace(place, folder.path().size(), "~");
        return text;
    }
};

TEST_CASE("the launcher's words come before the program's") {
    Case with;
    const std::string python = with.folder.file("python3.11", program());
    CHECK(with.followed(python, {"python", "-E", "a.py", "1"}) == "~/python3.11 python -E … a.py 1");
    CHECK(with.followed(python, {"p", "-c", "1"}) == "~/python3.11 p … -c 1");
    CHECK(with.followed(python, {"p", "-um", "a", "b"}) == "~/python3.11 p -u … -m a b");
    CHECK(with.followed(python, {"p", "-Ic1"}) == "~/python3.11 p -I … -c1");
}

TEST_CASE("a script is followed through the interpreter that its first line names") {
    Case with;
    const std::string python = with.folder.file("python3", program());
    const std::string script = with.folder.file("script", "#! " + python + " -E -s \nprint()\n");
    const std::string by_env = with.folder.file("by_env", "#!/usr/bin/env python3\nprint()\n");
    CHECK(with.followed(script, {"anything", "1"}) == "~/python3 ~/python3 -E -s … ~/script 1");
    CHECK(with.followed(by_env, {"anything", "1"}) == "~/python3 python3 … ~/by_env 1");
    CHECK(with.followed(with.folder.file("sh", "#!/bin/sh\n"), {"sh"}) == "it is no Python program");
    CHECK(with.followed(with.folder.file("split", "#!/usr/bin/env -S python3 -u\n"), {"x"}) == "its first line uses env with options");
    CHECK(with.followed(with.folder.file("gone", "#!/usr/bin/env python3.9\n"), {"x"}) == "the interpreter in its first line is not there");
}

TEST_CASE("what is no Python program that we know is refused with the reason") {
    Case with;
    CHECK(with.followed("/nowhere", {"x"}) == "absent");
    CHECK(with.followed(with.folder.file("plain", "text", 0600), {"x"}) == "absent");
    CHECK(with.followed(with.folder.file("data", "text"), {"x"}) == "it is no Python program");
    CHECK(with.followed(with.folder.file("tool", program()), {"x"}) == "it is no Python program");
    CHECK(with.followed(with.folder.file("python3.7", program()), {"x", "a.py"}) == "it is no release build of CPython 3.8 to 3.15");
    CHECK(with.followed(with.folder.file("python2", program()), {"x", "a.py"}) == "it is no release build of CPython 3.8 to 3.15");
    CHECK(with.followed(with.folder.file("python3.13t", program()), {"x", "a.py"}) == "it is no release build of CPython 3.8 to 3.15");
    CHECK(with.followed(with.folder.file("pypy3", program()), {"x", "a.py"}) == "it is PyPy");
    const std::string python = with.folder.file("python3.12", program());
    CHECK(with.followed(python, {"x", with.launcher, "summary"}) == "it is AllocLens itself");
    CHECK(with.followed(python, {"x", "-m", "alloclens", "run"}) == "it is AllocLens itself");
    CHECK(with.followed(python, std::vector<std::string>(5000, "x")) == "its command line is too long");
}

TEST_CASE("a child's capture takes no name that is in use") {
    Case with;
    char path[PATH_MAX];
    REQUIRE(with.family.free_path(7, path, sizeof path));
    CHECK(path == with.folder.path() + "/parent.7.alloclens");
    with.folder.file("parent.7.alloclens", "");
    REQUIRE(with.family.free_path(7, path, sizeof path));
    CHECK(path == with.folder.path() + "/parent.7.2.alloclens");
    CHECK_FALSE(with.family.free_path(7, path, 20));
}

TEST_CASE("a child that was quick to create its capture has the name that it took, beside older ones of its number") {
    Case with;
    struct stat older {};
    REQUIRE(::stat(with.folder.file("parent.7.alloclens", "").c_str(), &older) == 0);
    timespec before{};
    do ::clock_gettime(CLOCK_REALTIME_COARSE, &before);
    while (before.tv_sec < older.st_ctim.tv_sec || (before.tv_sec == older.st_ctim.tv_sec && before.tv_nsec <= older.st_ctim.tv_nsec));
    char path[PATH_MAX];
    const std::string name = with.folder.path() + "/parent.7.2.alloclens";
    REQUIRE(with.family.path_since(before, 7, path, sizeof path));
    CHECK(path == name);
    with.folder.file("parent.7.2.alloclens", "");
    REQUIRE(with.family.path_since(before, 7, path, sizeof path));
    CHECK(path == name);
}

TEST_CASE("notes of children reach their parent's reader") {
    Mailbox mailbox;
    REQUIRE(mailbox.create());
    CHECK_FALSE(mailbox.has_mail());
    const pid_t pid = ::fork();
    if (pid == 0) {
        std::vector<std::string> words = {"ls", "-l", std::string(10'000, 'x')};
        mailbox.post({format::Birth::exec, ::getpid(), nullptr, "it is no Python program", pointers(words).data()});
        ::_exit(0);
    }
    ::waitpid(pid, nullptr, 0);
    std::vector<core::Child> children;
    REQUIRE(mailbox.has_mail());
    mailbox.take([&](const void* data, std::size_t size) { REQUIRE(core::add_child({static_cast<const char*>(data), size}, children)); });
    CHECK_FALSE(mailbox.has_mail());
    REQUIRE(children.size() == 1);
    CHECK(children[0].pid == static_cast<std::uint32_t>(pid));
    CHECK(children[0].capture.empty());
    CHECK(children[0].refusal == "it is no Python program");
    REQUIRE(children[0].command.size() == 3);
    CHECK(children[0].command[1] == "-l");
    CHECK(children[0].command[2].size() > 3000);

    const ChildNote failed(format::Birth::failed, pid, nullptr, nullptr, nullptr);
    REQUIRE(core::add_child({static_cast<const char*>(failed.data()), failed.size()}, children));
    CHECK(children.empty());
}

TEST_CASE("a full mailbox refuses, counts what it refused, and takes again when it was read") {
    Mailbox mailbox;
    REQUIRE(mailbox.create());
    const ChildNote note(format::Birth::fork, 1, "a", nullptr, nullptr);
    int posted = 0;
    while (mailbox.post(note)) ++posted;
    CHECK(posted == 256);
    CHECK(mailbox.refused() == 1);
    int taken = 0;
    mailbox.take([&](const void*, std::size_t) { ++taken; });
    CHECK(taken == 256);
    CHECK(mailbox.post(note));
}

}  // namespace
}  // namespace alloclens::tracker
