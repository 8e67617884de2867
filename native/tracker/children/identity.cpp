#include "identity.hpp"

#include <sys/random.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>

namespace alloclens::tracker {

std::string new_run_id() {
    unsigned char bytes[16] = {};
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) {
        // Early in the boot of a machine; the time and the process are unique enough on it.
        timeval now{};
        gettimeofday(&now, nullptr);
        const std::uint64_t words[2] = {static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_usec),
                                        static_cast<std::uint64_t>(getpid())};
        std::memcpy(bytes, words, sizeof bytes);
    }
    std::string text;
    for (const unsigned char byte : bytes) {
        char digits[3];
        std::snprintf(digits, sizeof digits, "%02x", byte);
        text += digits;
    }
    return text;
}

std::string with_identity(const std::string& metadata, const Identity& identity) {
    timeval now{};
    gettimeofday(&now, nullptr);
    std::string json = "{\"run_id\":\"" + identity.run_id + "\"";
    if (!identity.parent_run_id.empty()) json += ",\"parent_run_id\":\"" + identity.parent_run_id + "\"";
    json += ",\"pid\":" + std::to_string(getpid()) + ",\"parent_pid\":" + std::to_string(getppid());
    json += ",\"start_time_us\":" + std::to_string(now.tv_sec * 1'000'000LL + now.tv_usec);
    const std::size_t first = metadata.find_first_not_of(" \n", 1);
    const bool empty = first == std::string::npos || metadata[first] == '}';
    return json + (empty ? "" : ",") + metadata.substr(1);
}

}  // namespace alloclens::tracker
