#include "tracker/hooks/mapping_kind.hpp"

#include <cstdio>

#include <sys/mman.h>

#include <doctest/doctest.h>

#include "core/format/layout.hpp"

namespace alloclens::tracker {
namespace {

unsigned kind_of(int protection, int flags, int fd) {
    void* const mapped = ::mmap(nullptr, 8192, protection, flags, fd, 0);
    REQUIRE(mapped != MAP_FAILED);
    const unsigned kind = mapping_kind(static_cast<char*>(mapped) + 4096);
    ::munmap(mapped, 8192);
    return kind;
}

}  // namespace

TEST_CASE("the kernel's list tells what kind of memory lies at an address") {
    constexpr unsigned kAnonymous = format::kMappingAnonymous, kWritable = format::kMappingWritable;
    CHECK(kind_of(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1) == (kAnonymous | kWritable));
    CHECK(kind_of(PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1) == (kAnonymous | kWritable));
    CHECK(kind_of(PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1) == kAnonymous);
    std::FILE* const file = std::tmpfile();
    REQUIRE(file);
    CHECK(kind_of(PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file)) == kWritable);
    CHECK(kind_of(PROT_READ, MAP_PRIVATE, fileno(file)) == 0);
    std::fclose(file);
    CHECK(mapping_kind(nullptr) == 0);
}

}  // namespace alloclens::tracker
