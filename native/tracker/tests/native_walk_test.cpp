// Walks against the C library's own unwinder, and unwind rules read from bytes that mean nothing.
#include "tracker/native/native_walk.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>
#include <sys/mman.h>

#include <doctest/doctest.h>

extern "C" int nest(void (*visit)(void* data, int depth), int (*choose)(void* data), void* data, int depth);

namespace {
int lists_of_objects = 0;
}

/// Stands before the C library's, and counts.
extern "C" int dl_iterate_phdr(int (*visit)(dl_phdr_info*, std::size_t, void*), void* data) {
    static const auto real = reinterpret_cast<decltype(&dl_iterate_phdr)>(::dlsym(RTLD_NEXT, "dl_iterate_phdr"));
    ++lists_of_objects;
    return real(visit, data);
}

namespace alloclens::tracker {
namespace {

std::uintptr_t number(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

/// Goes up and down the stack at random and compares both walks wherever it stands.
class Comparison {
  public:
    explicit Comparison(unsigned seed, int steps) : random_(seed), left_(steps) {}

    void run() { nest(visit, choose, this, 40); }
    int compared() const { return compared_; }
    int wrong() const { return wrong_; }

  private:
    static int choose(void* data) {
        auto& self = *static_cast<Comparison*>(data);
        if (--self.left_ < 0) return 9;
        constexpr int ways[] = {0, 0, 1, 2, 3, 4, 5, 6, 6, 9, 9, 9, 9};
        return ways[self.random_() % (sizeof ways / sizeof *ways)];
    }

    [[gnu::noinline]] static void visit(void* data, int) {
        auto& self = *static_cast<Comparison*>(data);
        self.walk_->read({});
        void* expected[512];
        const int count = ::backtrace(expected, 512);
        const NativeWalk& walk = *self.walk_;
        ++self.compared_;
        // The walk begins outside this program's own innermost frames, which count as the tracker's.
        for (std::uint32_t i = 0; i < walk.count; ++i) {
            const std::uintptr_t ours = walk.levels[walk.count - 1 - i].address;
            const int at = count - static_cast<int>(walk.count) + static_cast<int>(i);
            // What a signal interrupted stands at its instruction; ours counts from the byte behind it.
            if (at < 0 || (number(expected[at]) != ours && number(expected[at]) + 1 != ours)) {
                ++self.wrong_;
                return;
            }
        }
        if (walk.count < 3) ++self.wrong_;
    }

    std::unique_ptr<NativeWalk, void (*)(NativeWalk*)> walk_{NativeWalk::create(), [](NativeWalk*) {}};  // never given back
    std::mt19937 random_;
    int left_;
    int compared_ = 0;
    int wrong_ = 0;
};

}  // namespace

TEST_CASE("a native walk has the frames that the C library's unwinder has, wherever the stack has gone since the last") {
    for (unsigned seed = 1; seed <= 5; ++seed) {
        Comparison comparison(seed, 2000);
        comparison.run();
        CHECK(comparison.compared() > 300);
        CHECK(comparison.wrong() == 0);
    }
}

TEST_CASE("a native walk works on a thread's own stack") {
    Comparison comparison(7, 1000);
    std::thread([&] { comparison.run(); }).join();
    CHECK(comparison.compared() > 100);
    CHECK(comparison.wrong() == 0);
}

TEST_CASE("an unwind rule that is read from broken bytes reads nothing outside its object") {
    Dl_info info{};
    REQUIRE(::dladdr(reinterpret_cast<const void*>(&nest), &info) != 0);
    struct Found {
        std::uintptr_t base, begin = UINTPTR_MAX, end = 0, index = 0;
    } found{number(info.dli_fbase)};
    ::dl_iterate_phdr([](dl_phdr_info* object, std::size_t, void* data) {
        Found& wanted = *static_cast<Found*>(data);
        if (object->dlpi_addr != wanted.base) return 0;
        for (int i = 0; i < object->dlpi_phnum; ++i) {
            const ElfW(Phdr)& part = object->dlpi_phdr[i];
            if (part.p_type == PT_GNU_EH_FRAME) wanted.index = object->dlpi_addr + part.p_vaddr;
        }
        for (int i = 0; i < object->dlpi_phnum; ++i) {  // the segment that it lies in
            const ElfW(Phdr)& part = object->dlpi_phdr[i];
            const std::uintptr_t start = object->dlpi_addr + part.p_vaddr;
            if (part.p_type == PT_LOAD && wanted.index >= start && wanted.index < start + part.p_memsz) {
                wanted.begin = start;
                wanted.end = start + part.p_filesz;
            }
        }
        return 1;
    }, &found);
    REQUIRE(found.index != 0);

    // A copy that ends where memory ends: whoever reads on, crashes.
    const std::size_t size = found.end - found.begin, whole = (size + 4095) & ~std::size_t{4095};
    auto* const pages = static_cast<char*>(::mmap(nullptr, whole + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    REQUIRE(pages != MAP_FAILED);
    REQUIRE(::mprotect(pages + whole, 4096, PROT_NONE) == 0);
    char* const copy = pages + whole - size;
    std::mt19937 random(3);
    UnwindTable table;
    table.begin = number(copy);
    table.end = number(copy + size);
    table.index = table.begin + (found.index - found.begin);
    const std::uintptr_t code = table.begin - found.begin + number(reinterpret_cast<const void*>(&nest));
    std::memcpy(copy, reinterpret_cast<const void*>(found.begin), size);
    CHECK(find_unwind_rule(table, code + 20).rule.kind == UnwindRule::call);
    const std::size_t first = found.index - found.begin;
    int known = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::memcpy(copy, reinterpret_cast<const void*>(found.begin), size);
        for (int i = 0; i < 4; ++i) copy[first + random() % (size - first)] = static_cast<char>(random());
        known += find_unwind_rule(table, code + random() % 400).rule.kind == UnwindRule::call;
    }
    CHECK(known > 0);
    CHECK(known < 20'000);
    ::munmap(pages, whole + 4096);
}

TEST_CASE("the linker is asked once for code that lies in no object, and again when libraries came") {
    constexpr std::size_t kPage = 4096;
    void* const page = ::mmap(nullptr, kPage, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(page != MAP_FAILED);
    const std::uintptr_t made = number(page) + 100, made_too = made + 100;
    CHECK(return_places.find(made) == nullptr);
    CHECK(return_places.find(made_too) == nullptr);
    const int before = lists_of_objects;
    for (int i = 0; i < 200; ++i) CHECK(return_places.find(i % 2 ? made : made_too) == nullptr);
    CHECK(lists_of_objects <= before + 1);  // now and then it is asked all the same

    void* const library = ::dlopen(ALLOCLENS_CONSTRUCTING, RTLD_NOW);
    REQUIRE(library);
    const std::uintptr_t function = number(::dlsym(library, "constructing_keep"));
    REQUIRE(function != 0);
    CHECK(return_places.find(function + 1) != nullptr);
    const int after = lists_of_objects;
    CHECK(return_places.find(made) == nullptr);
    CHECK(lists_of_objects > after);
    ::dlclose(library);
    ::munmap(page, kPage);
}

}  // namespace alloclens::tracker
