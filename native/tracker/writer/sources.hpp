// The texts of the program's own files, kept in the capture so that its lines can be found again later.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "event_stream.hpp"
#include "tracker/id_table.hpp"

namespace alloclens::tracker {

/// Where code comes from, by its file name: docs/capture-format.md, *Metadata*.
class Sources {
  public:
    struct Folders {
        std::vector<std::string> standard_library;
        std::vector<std::string> site_packages;
        std::string hidden;  ///< the launcher's own code, never shown
    };

    void begin(Folders folders, bool keep_texts);
    void end();

    enum class Origin : std::uint32_t { own = 1, library = 2, hidden = 3 };

    /// To be called for every new code object. Writes the text of a file of the program's own when it is met first.
    Origin meet(const format::EventEncoder::Text& file, EventStream& stream);

  private:
    static constexpr std::size_t kMaxFile = 1024 * 1024;
    static constexpr std::size_t kMaxTogether = 16 * 1024 * 1024;
    static constexpr std::size_t kMaxPath = 4096;

    struct NameHash {
        std::uint64_t value = 0;
        bool operator==(const NameHash&) const = default;
        friend std::size_t hash(const NameHash& name) { return static_cast<std::size_t>(name.value); }
    };

    Origin origin_of(const char* path, std::size_t length) const;
    void write_text(const char* path, const format::EventEncoder::Text& name, EventStream& stream);

    Folders folders_;
    bool keep_texts_ = true;
    std::string cwd_;
    std::int64_t started_ns_ = 0;  ///< since 1970: a file changed later may not be what runs
    std::size_t together_ = 0;
    IdTable<NameHash> met_;  ///< id: its Origin
};

}  // namespace alloclens::tracker
