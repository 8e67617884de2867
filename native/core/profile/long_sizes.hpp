// Sizes of the few live blocks that are too long for a PageEntry.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace alloclens::core {

/// A size gets a small number; the last number stands for all that come when there are no more numbers.
class LongSizes {
  public:
    explicit LongSizes(std::uint32_t numbers) : last_(numbers - 1) {}

    std::uint32_t keep(std::uint64_t address, std::uint64_t size) {
        if (!free_.empty()) {
            const std::uint32_t number = free_.back();
            free_.pop_back();
            sizes_[number] = size;
            return number;
        }
        if (sizes_.size() < last_) {
            sizes_.push_back(size);
            return static_cast<std::uint32_t>(sizes_.size() - 1);
        }
        others_.insert_or_assign(address, size);
        return last_;
    }

    std::uint64_t take(std::uint64_t address, std::uint32_t number) {
        if (number != last_) {
            free_.push_back(number);
            return sizes_[number];
        }
        return others_.extract(address).mapped();
    }

  private:
    std::uint32_t last_;
    std::vector<std::uint64_t> sizes_;
    std::vector<std::uint32_t> free_;
    std::unordered_map<std::uint64_t, std::uint64_t> others_;
};

}  // namespace alloclens::core
