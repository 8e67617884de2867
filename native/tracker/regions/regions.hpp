// The program's named regions. Their numbers hold for the whole process; a capture is told of those that occur in it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tracker/writer/event_stream.hpp"

namespace alloclens::tracker {

/// All of it under the recorder's lock.
class Regions {
  public:
    /// A program that makes up names without end keeps the ones it had.
    static constexpr std::size_t kMost = 65'536;

    /// The region `name` inside `parent` (0: in no other), or `parent` itself when there are too many.
    std::uint32_t find_or_add(std::uint32_t parent, const std::string& name) {
        if (parent >= all_.size()) parent = 0;
        const auto number = static_cast<std::uint32_t>(all_.size());
        const auto [entry, is_new] = numbers_.try_emplace({parent, name}, number);
        if (!is_new) return entry->second;
        if (number == kMost) {
            numbers_.erase(entry);
            return parent;
        }
        all_.push_back({parent, name, 0, 0});
        return number;
    }

    /// Its id in the capture; defines it there, and what it lies in, when it has not occurred yet.
    std::uint32_t id_in(EventStream& stream, std::uint32_t session, std::uint32_t number) {
        if (number == 0 || number >= all_.size()) return 0;
        while (all_[number].session != session) {  // no recursion: they may be nested deeper than the thread's stack is
            std::uint32_t outermost = number;
            while (const std::uint32_t parent = all_[outermost].parent) {
                if (all_[parent].session == session) break;
                outermost = parent;
            }
            Region& region = all_[outermost];
            region.id = stream.define_region(region.parent ? all_[region.parent].id : 0, region.name);
            region.session = session;
        }
        return all_[number].id;
    }

  private:
    struct Region {
        std::uint32_t parent = 0;
        std::string name;
        std::uint32_t session = 0;  ///< in which `id` was given
        std::uint32_t id = 0;
    };

    std::vector<Region> all_ = std::vector<Region>(1);
    std::map<std::pair<std::uint32_t, std::string>, std::uint32_t> numbers_;
};

}  // namespace alloclens::tracker
