// One file with code, as libdw reads it: which functions lie at an address, and on which lines.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "protocol.hpp"

namespace alloclens::core::symbols {

struct Function {
    std::string name;
    std::string file;
    std::uint32_t line = 0;
    std::uint32_t first_line = 0;
};

class DebugFile {
  public:
    /// `build_id` may be empty: then any file at the path is taken. Separate debug files are looked for on this machine.
    DebugFile(const std::string& path, const std::string& build_id);
    ~DebugFile();

    File state() const { return state_; }
    /// Innermost first: what was inlined at the address, then the function. Empty when nothing is known.
    std::vector<Function> functions_at(std::uint64_t address) const;

  private:
    struct Library;
    bool open(const std::string& path, const std::string& build_id);

    std::unique_ptr<Library> library_;
    File state_;
};

}  // namespace alloclens::core::symbols
