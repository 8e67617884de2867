// Where native frames lie in their sources: found when a question wants them, and remembered while a capture grows.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/profile/program.hpp"
#include "core/symbols/symbols.hpp"
#include "places.hpp"

namespace alloclens::core {

class NativePlaces {
  public:
    /// What one native frame is shown as.
    struct Frame {
        /// Outermost first: the function, and those that were inlined into it.
        std::vector<std::uint32_t> places;
        bool interpreter = false;  ///< of the program that executes Python, not of an extension
        bool c_library = false;
    };

    /// Finds the places of the frames that came since; true when `places` has new ones.
    bool resolve(const Program& program, Places& places);

    /// `native`: in Program::natives, resolved.
    const Frame& frame(std::uint32_t native) const { return frames_[frame_of_native_[native]]; }

    /// Sentences about code whose names could not be found.
    const std::vector<std::string>& notes() const { return symbols_.notes(); }

  private:
    void find_functions(std::uint32_t module_id, const Module& module, const std::vector<std::uint32_t>& frames, Places& places);

    Symbols symbols_;
    std::uint32_t generation_ = 0;  ///< of the places
    std::vector<Frame> frames_;
    std::vector<std::uint64_t> offsets_;           ///< by frame
    std::vector<std::uint32_t> frame_of_native_;
    std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint32_t> frame_at_;  ///< by module and offset
};

}  // namespace alloclens::core
