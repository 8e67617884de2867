// Plain values that are each kept once, by the order in which they came first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <unordered_map>
#include <vector>

namespace alloclens::core {

template <class T>
class Numbered {
    static_assert(sizeof(T) % sizeof(std::uint32_t) == 0);

  public:
    /// Number 0 is that of nothing: `T()`.
    std::size_t size() const { return values_.size(); }
    const T& operator[](std::size_t number) const { return values_[number]; }

    std::uint32_t number_of(const T& value) {
        const auto [at, is_new] = numbers_.try_emplace(value, static_cast<std::uint32_t>(values_.size()));
        if (is_new) values_.push_back(value);
        return at->second;
    }

  private:
    struct Hash {
        std::size_t operator()(const T& value) const {
            std::uint32_t words[sizeof(T) / sizeof(std::uint32_t)];
            std::memcpy(words, &value, sizeof value);
            std::uint64_t hash = 0;
            for (const std::uint32_t word : words) hash = ((hash ^ word) * 0x9E3779B97F4A7C15ull) ^ hash >> 32;
            return static_cast<std::size_t>(hash ^ hash >> 29);
        }
    };

    std::vector<T> values_ = std::vector<T>(1);
    std::unordered_map<T, std::uint32_t, Hash> numbers_{{T(), 0}};
};

}  // namespace alloclens::core
