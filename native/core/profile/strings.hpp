// Every different text once, by number.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace alloclens::core {

class Strings {
  public:
    std::uint32_t intern(std::string_view text) {
        if (const auto found = ids_.find(text); found != ids_.end()) return found->second;
        texts_.emplace_back(text);
        return ids_.emplace(texts_.back(), static_cast<std::uint32_t>(texts_.size() - 1)).first->second;
    }
    const std::string& operator[](std::uint32_t id) const { return texts_[id]; }
    std::size_t size() const { return texts_.size(); }

  private:
    std::deque<std::string> texts_;  ///< whose addresses stay
    std::unordered_map<std::string_view, std::uint32_t> ids_;
};

}  // namespace alloclens::core
