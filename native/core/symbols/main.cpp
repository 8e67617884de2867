// alloclens-symbols: answers core's questions about native code on standard input, until that ends. See protocol.hpp.
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include "debug_file.hpp"
#include "protocol.hpp"

using namespace alloclens::core::symbols;

namespace {

bool take(void* data, std::size_t size) {
    for (auto* at = static_cast<char*>(data); size > 0;) {
        const ssize_t got = ::read(STDIN_FILENO, at, size);
        if (got <= 0) return false;
        at += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

bool give(const std::string& bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t put = ::write(STDOUT_FILENO, bytes.data() + done, bytes.size() - done);
        if (put <= 0) return false;
        done += static_cast<std::size_t>(put);
    }
    return true;
}

template <class T>
void append(std::string& out, const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Files stay open: a capture that grows is asked for again and again.
const DebugFile& file_of(const std::string& path, const std::string& build_id) {
    static std::map<std::pair<std::string, std::string>, std::unique_ptr<DebugFile>> files;
    std::unique_ptr<DebugFile>& file = files[{path, build_id}];
    if (!file) file = std::make_unique<DebugFile>(path, build_id);
    return *file;
}

bool answer_one() {
    Question question;
    if (!take(&question, sizeof question)) return false;
    if (question.path_length > kMaxText || question.build_id_length > kMaxText || question.places > kMaxPlaces) return false;
    std::string path(question.path_length, '\0'), build_id(question.build_id_length, '\0');
    std::vector<std::uint64_t> places(question.places);
    if (!take(path.data(), path.size()) || !take(build_id.data(), build_id.size()) || !take(places.data(), places.size() * 8)) return false;
    const DebugFile& file = file_of(path, build_id);
    std::string out;
    append(out, Answer{file.state(), 0});
    for (const std::uint64_t place : places) {
        const std::vector<Function> functions = file.functions_at(place);
        append(out, PlaceAnswer{static_cast<std::uint32_t>(functions.size())});
        for (const Function& function : functions) {
            append(out, FrameAnswer{function.line, function.first_line, static_cast<std::uint32_t>(function.name.size()),
                                    static_cast<std::uint32_t>(function.file.size())});
            (out += function.name) += function.file;
        }
    }
    return give(out);
}

}  // namespace

int main() {
    ::unsetenv("DEBUGINFOD_URLS");  // nothing is fetched from a network
    while (answer_one()) {}
    return 0;
}
