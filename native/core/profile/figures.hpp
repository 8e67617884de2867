// The eight numbers that every line, function and frame carries.
#pragma once

#include <cstdint>

namespace alloclens::core {

enum class Measure { peak, unfreed, total, temporary };

struct Amount {
    std::uint64_t bytes = 0;
    std::uint64_t allocations = 0;

    Amount& operator+=(const Amount& other) {
        bytes += other.bytes;
        allocations += other.allocations;
        return *this;
    }
    Amount& operator-=(const Amount& other) {
        bytes -= other.bytes;
        allocations -= other.allocations;
        return *this;
    }
    bool operator==(const Amount&) const = default;
    bool empty() const { return bytes == 0 && allocations == 0; }
};

struct Figures {
    Amount peak;
    Amount unfreed;
    Amount total;
    Amount temporary;

    Figures& operator+=(const Figures& other) {
        peak += other.peak;
        unfreed += other.unfreed;
        total += other.total;
        temporary += other.temporary;
        return *this;
    }
    const Amount& of(Measure measure) const {
        switch (measure) {
            case Measure::peak: return peak;
            case Measure::unfreed: return unfreed;
            case Measure::total: return total;
            case Measure::temporary: break;
        }
        return temporary;
    }
    bool operator==(const Figures&) const = default;
    /// What is temporary is in the total too.
    bool empty() const { return peak.empty() && unfreed.empty() && total.empty(); }
};

}  // namespace alloclens::core
