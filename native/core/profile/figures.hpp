// The six numbers that every line, function and frame carries.
#pragma once

#include <cstdint>

namespace alloclens::core {

enum class Measure { peak, unfreed, total };

struct Amount {
    std::uint64_t bytes = 0;
    std::uint64_t allocations = 0;

    Amount& operator+=(const Amount& other) {
        bytes += other.bytes;
        allocations += other.allocations;
        return *this;
    }
    bool empty() const { return bytes == 0 && allocations == 0; }
};

struct Figures {
    Amount peak;
    Amount unfreed;
    Amount total;

    Figures& operator+=(const Figures& other) {
        peak += other.peak;
        unfreed += other.unfreed;
        total += other.total;
        return *this;
    }
    const Amount& of(Measure measure) const {
        return measure == Measure::peak ? peak : measure == Measure::unfreed ? unfreed : total;
    }
    bool empty() const { return peak.empty() && unfreed.empty() && total.empty(); }
};

}  // namespace alloclens::core
