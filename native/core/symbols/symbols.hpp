// Names and lines of native code, asked of the helper when a capture has native stacks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace alloclens::core {

struct NativeFunction {
    std::string name;  ///< UTF-8; empty: not known
    std::string file;
    std::uint32_t line = 0;
    std::uint32_t first_line = 0;
};

class Symbols {
  public:
    Symbols();
    ~Symbols();

    /// By address, as counted in the file: the functions there, innermost first. Empty lists when nothing is known.
    std::vector<std::vector<NativeFunction>> functions_at(const std::string& path, const std::string& build_id,
                                                          const std::vector<std::uint64_t>& addresses);

    /// Sentences about what could not be found.
    const std::vector<std::string>& notes() const { return notes_; }

  private:
    class Helper;
    void note(std::string sentence);

    std::unique_ptr<Helper> helper_;
    bool failed_ = false;  ///< it is missing, or has broken twice
    int broken_ = 0;
    std::vector<std::string> notes_;
};

}  // namespace alloclens::core
