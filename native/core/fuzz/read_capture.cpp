// libFuzzer: any bytes as a capture. Checksums are made right first, so that mutations reach what they protect.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "core/format/layout.hpp"
#include "core/session.hpp"

using namespace alloclens;

namespace {

void make_checksums_right(std::string& file) {
    for (std::size_t at = sizeof(format::Prelude); at + sizeof(format::BlockHeader) <= file.size();) {
        format::BlockHeader header;
        std::memcpy(&header, file.data() + at, sizeof header);
        const std::size_t payload = at + sizeof header;
        if (header.magic != format::kBlockMagic || header.stored_size > file.size() - payload) return;
        const XXH64_hash_t seed = XXH3_64bits(&header, offsetof(format::BlockHeader, checksum));
        header.checksum = XXH3_64bits_withSeed(file.data() + payload, header.stored_size, seed);
        std::memcpy(file.data() + at, &header, sizeof header);
        at = payload + header.stored_size;
    }
}

const char* const kQuestions[] = {
    R"({"query":"summary"})",
    R"({"query":"lines"})",
    R"({"query":"functions","limit":10})",
    R"({"query":"file_lines","file":"/w/main.py"})",
    R"({"query":"line_detail","file":"/w/main.py","line":103,"measure":"peak","limit":3})",
    R"({"query":"tree","measure":"total","max_nodes":50})",
    R"({"query":"tree","measure":"peak","max_nodes":50,"inverted":true})",
    R"({"query":"timeline","points":20})",
    R"({"query":"source","file":"/w/main.py"})",
    R"({"query":"stats","measure":"peak","limit":5})",
    R"({"query":"moments","max_nodes":50,"max_parts":7})",
};

/// For which a capture is read.
const char* const kFirst[] = {"", R"({"query":"stats"})", R"({"query":"moments","max_parts":7})"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    std::string file(reinterpret_cast<const char*>(data), size);
    make_checksums_right(file);
    const int descriptor = ::memfd_create("capture", 0);
    if (::write(descriptor, file.data(), file.size()) != static_cast<ssize_t>(file.size())) __builtin_trap();
    try {
        core::Session session("/proc/self/fd/" + std::to_string(descriptor), {}, kFirst[size % 3]);
        session.update();
        for (const char* question : kQuestions) session.query(question);
    } catch (const core::Error& error) {
        if (error.code() == "bad_query") __builtin_trap();
    }
    ::close(descriptor);
    return 0;
}
