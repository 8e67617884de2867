// What is hooked, and that nothing is left behind.
#include <csignal>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <dirent.h>
#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "allocating.h"
#include "tracker/hooks/elf_object.hpp"
#include "tracker/hooks/hook_list.hpp"
#include "tracking.hpp"

namespace alloclens::tracker {
namespace {

struct Loaded {
    void* library;
    explicit Loaded(void* handle) : library(handle) { REQUIRE_MESSAGE(library, ::dlerror()); }
    ~Loaded() { ::dlclose(library); }
    void* keep(std::size_t size) const { return reinterpret_cast<void* (*)(std::size_t)>(::dlsym(library, "constructing_keep"))(size); }
    void release(void* block) const { reinterpret_cast<void (*)(void*)>(::dlsym(library, "constructing_release"))(block); }
};

const std::string kConstructing = ALLOCLENS_CONSTRUCTING;

/// Every import slot and every symbol of every object, and what protects them.
std::string all_tables() {
    std::ostringstream text;
    each_object([&](const dl_phdr_info& info) {
        const ElfObject object(info);
        if (!object.readable() || object.contains(hooks)) return true;
        text << info.dlpi_name << '\n';
        object.each_import([&](const ElfObject::Import& import) {
            if (find_hook(import.name())) text << import.name() << ' ' << *import.slot << '\n';
        });
        object.each_export([&](const ElfObject::Export& found) { text << found.name << ' ' << found.address << '\n'; });
        return true;
    });
    return text.str();
}

std::string lines_of(const char* path, const std::string& beginning) {
    std::ifstream file(path);
    std::string text;
    for (std::string line; std::getline(file, line);) {
        if (line.rfind(beginning, 0) == 0) text += line + '\n';
    }
    return text;
}

std::string signal_state() {
    std::string text;
    for (const char* const which : {"SigBlk", "SigIgn", "SigCgt"}) text += lines_of("/proc/self/status", which);
    return text;
}

/// Protection of every part of every loaded file.
std::string protections() {
    std::ifstream maps("/proc/self/maps");
    std::map<std::string, std::string> pages;
    for (std::string line; std::getline(maps, line);) {
        unsigned long begin = 0, end = 0;
        char protection[8] = {}, name[512] = {};
        if (std::sscanf(line.c_str(), "%lx-%lx %7s %*s %*s %*s %511s", &begin, &end, protection, name) != 4 || name[0] != '/') continue;
        for (; begin < end; begin += 4096) pages[name + std::to_string(begin)] = protection;
    }
    std::string text;
    for (const auto& [page, protection] : pages) text += page + ' ' + protection + '\n';
    return text;
}

std::string descriptors() {
    std::string text;
    DIR* const folder = ::opendir("/proc/self/fd");
    while (const dirent* const entry = ::readdir(folder)) text += std::string(entry->d_name) + ' ';
    ::closedir(folder);
    return text;
}

}  // namespace

TEST_CASE("a library is tracked from its constructors to its destructors, and its pointers to malloc too") {
    { const Loaded before(::dlopen(kConstructing.c_str(), RTLD_NOW)); }  // what the C library takes the first time
    CHECK(figures_of([] {
        const Loaded loaded(::dlopen(kConstructing.c_str(), RTLD_NOW));
        loaded.release(loaded.keep(1000));
    }) == "peak 124457 in 2, unfreed 0 in 0, total 124457 in 2");
}

TEST_CASE("a library that is unloaded and loaded again and again is tracked every time") {
    CHECK(figures_of([] {
        for (int i = 0; i < 50; ++i) const Loaded loaded(::dlopen(kConstructing.c_str(), i % 2 ? RTLD_NOW : RTLD_LAZY));
    }).find(std::to_string(50 * 123457)) != std::string::npos);
}

TEST_CASE("a library finds another by its own search path while it is tracked") {
    Tracking tracking;
    void* const inner = open_by_name("libinner.so");
    CHECK_MESSAGE(inner, ::dlerror());
    if (inner) ::dlclose(inner);
    tracking.stop();
}

TEST_CASE("a library in a link namespace of its own is left alone") {
    CHECK(figures_of([] {
        const Loaded loaded(::dlmopen(LM_ID_NEWLM, kConstructing.c_str(), RTLD_NOW));
        loaded.release(loaded.keep(1000));
    }).find("123457") == std::string::npos);
}

TEST_CASE("names are looked up as before once tracking has ended") {
    void* const before = ::dlsym(RTLD_DEFAULT, "malloc");
    Tracking tracking;
    void* const meanwhile = ::dlsym(RTLD_DEFAULT, "malloc");
    CHECK((meanwhile == find_hook("malloc")->wrapper));
    tracking.stop();
    CHECK(::dlsym(RTLD_DEFAULT, "malloc") == before);
    // Who kept the pointer can go on calling it.
    void* const block = reinterpret_cast<void* (*)(std::size_t)>(meanwhile)(100);
    CHECK(block);
    release(block);
}

TEST_CASE("a library that was loaded while tracking goes on after it") {
    Tracking tracking;
    const Loaded loaded(::dlopen(kConstructing.c_str(), RTLD_NOW));
    tracking.stop();
    loaded.release(loaded.keep(1000));
    tracking.start();
    void* const block = loaded.keep(500);
    CHECK(told(tracking.stop()) == "peak 500 in 1, unfreed 500 in 1, total 500 in 1");
    loaded.release(block);
}

TEST_CASE("tracking leaves tables, protections, signals, descriptors and the destructor of code objects as they were") {
    release(keep_malloc(1));
    { const Tracking first; }  // what is made once, such as the key for thread ends
    const std::string tables = all_tables(), protected_before = protections(), signals = signal_state(), open = descriptors();
    std::vector<char> type(static_cast<char*>(Tracking::code_type()), static_cast<char*>(Tracking::code_type()) + 128);
    for (int i = 0; i < 30; ++i) {
        Tracking tracking;
        CHECK(all_tables() != tables);
        release(keep_malloc(100));
        CHECK(told(tracking.stop()) == "peak 100 in 1, unfreed 0 in 0, total 100 in 1");
    }
    CHECK(all_tables() == tables);
    CHECK(protections() == protected_before);
    CHECK(signal_state() == signals);
    CHECK(descriptors() == open);
    CHECK(std::memcmp(Tracking::code_type(), type.data(), type.size()) == 0);
}

TEST_CASE("a handler for SIGBUS that the program sets before or while it is tracked is still there after") {
    struct sigaction theirs {}, now {};
    theirs.sa_handler = [](int) {};
    for (const bool before : {true, false}) {
        if (before) ::sigaction(SIGBUS, &theirs, nullptr);
        Tracking tracking;
        if (!before) ::sigaction(SIGBUS, &theirs, nullptr);
        tracking.stop();
        ::sigaction(SIGBUS, nullptr, &now);
        CHECK((now.sa_handler == theirs.sa_handler));
        std::signal(SIGBUS, SIG_DFL);
    }
}

TEST_CASE("a child that was forked is not tracked, can be tracked, and does its parent's capture no harm") {
    Tracking tracking;
    void* const block = keep_malloc(100);
    const pid_t child = ::fork();
    if (child == 0) {
        for (int i = 0; i < 1000; ++i) release(keep_malloc(1'000'000));
        ::_exit(activity.on || this_thread.guard != Guard::outside ? 1 : 0);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
    release(block);
    CHECK(told(tracking.stop()) == "peak 100 in 1, unfreed 0 in 0, total 100 in 1");
}

TEST_CASE("a fork from a handler that interrupted the tracker does not wait for itself") {
    Tracking tracking;
    recorder::before_fork();  // as if this thread held the lock, deep in the tracker, when a signal came
    this_thread.guard = Guard::recording;
    const pid_t child = ::fork();
    if (child == 0) {
        this_thread.guard = Guard::outside;
        release(keep_malloc(10));
        ::_exit(0);
    }
    this_thread.guard = Guard::outside;
    recorder::after_fork_in_parent();
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
    release(keep_malloc(10));
    CHECK(told(tracking.stop()) == "peak 10 in 1, unfreed 0 in 0, total 10 in 1");
}

}  // namespace alloclens::tracker
