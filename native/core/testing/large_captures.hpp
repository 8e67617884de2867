// Captures of a kind that no program of ours makes: for what is measured.
#pragma once

#include <cstdint>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "capture_builder.hpp"

namespace alloclens::core::testing {

/// A tree of calls with a block at each of its stacks, as of a program that walks graphs by recursion.
inline std::string many_stacks(std::uint32_t stacks) {
    CaptureBuilder builder;
    const auto code = builder.stepping_code("/w/main.py", "main", 1, 100);
    std::mt19937_64 random(1);
    for (std::uint32_t i = 1; i <= stacks; ++i) {
        const std::uint32_t parent = i < 100 ? i - 1 : static_cast<std::uint32_t>(i - 1 - random() % std::min(i / 8, 200'000u));
        builder.allocate(builder.stack(parent, code, 1 + i % 100), 64, 0x7f0000000000 + i * 64ull);
        if (i % 1000 == 0) builder.time(1000);
    }
    return builder.finished();
}

/// Objects of many sizes, replaced at random, until the file has so many bytes.
inline void many_bytes(const std::string& path, std::uint64_t bytes) {
    constexpr std::uint64_t kPlaces = 1'000'000, kRound = 10'000'000;
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    CaptureBuilder builder;
    const auto code = builder.stepping_code("/w/main.py", "main", 1, 100);
    for (std::uint32_t i = 0; i < 500; ++i) builder.stack(i / 3, code, 1 + i % 100);
    std::mt19937_64 random(1);
    std::vector<bool> live(kPlaces);
    for (std::uint64_t written = 0; written < bytes;) {
        for (std::uint64_t i = 0; i < kRound; ++i) {
            const std::uint64_t number = random(), place = number % kPlaces, address = 0x7f0000000000 + place * 176;
            if (live[place]) builder.free(address);
            else builder.allocate(1 + static_cast<std::uint32_t>(number >> 32) % 500, 16 + (number >> 48) % 160, address);
            live[place] = !live[place];
            if (i % 1000 == 0) builder.time(100);
        }
        const std::string part = builder.take();
        file.write(part.data(), static_cast<std::streamsize>(part.size()));
        written += part.size();
    }
    const std::string end = builder.finished();
    file.write(end.data(), static_cast<std::streamsize>(end.size()));
}

}  // namespace alloclens::core::testing
