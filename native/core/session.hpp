// The one way in for the terminal, the addon and the tests: open a capture, read what was appended, ask.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace alloclens::core {

/// What went wrong, as one sentence for the user; `code` is one of those in native/addon/index.d.ts.
class Error : public std::runtime_error {
  public:
    Error(std::string code, const std::string& message, std::optional<std::uint64_t> offset = std::nullopt)
        : std::runtime_error(message), code_(std::move(code)), offset_(offset) {}
    const std::string& code() const { return code_; }
    std::optional<std::uint64_t> offset() const { return offset_; }

  private:
    std::string code_;
    std::optional<std::uint64_t> offset_;
};

/// Called now and then while reading, with bytes done and the file's size; returning false cancels.
using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

class Session {
  public:
    /// Reads all that is there. Throws Error. When the request that comes first is known, one reading may do for both.
    explicit Session(const std::string& path, const Progress& progress = {}, std::string_view question = {});
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Reads what was appended since; true when anything was. Throws Error.
    bool update(const Progress& progress = {});

    /// Answers one JSON request with JSON: extension/shared/capture.ts has the shapes. Throws Error. A question about a
    /// part of the run that was not asked before reads the capture once more, with progress.
    std::string query(std::string_view request, const Progress& progress = {});

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace alloclens::core
