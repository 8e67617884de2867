// What a frame has now and had before.
#pragma once

#include <algorithm>

#include "core/profile/figures.hpp"

namespace alloclens::core {

struct DiffAmount {
    Amount now, base;

    DiffAmount& operator+=(const DiffAmount& other) {
        now += other.now;
        base += other.base;
        return *this;
    }
    DiffAmount& operator-=(const DiffAmount& other) {
        now -= other.now;
        base -= other.base;
        return *this;
    }
    bool empty() const { return now.empty() && base.empty(); }
};

/// By what there is to see, in either capture.
inline bool heavier(const DiffAmount& a, const DiffAmount& b) { return std::max(a.now.bytes, a.base.bytes) > std::max(b.now.bytes, b.base.bytes); }

}  // namespace alloclens::core
