// A question in JSON, taken apart. What makes no sense is refused with a sentence.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "queries.hpp"
#include "scope.hpp"
#include "subject.hpp"

namespace alloclens::core {

/// Everything throws Error("bad_query"), and "unknown_name" for an allocator that there is not.
class Request {
  public:
    explicit Request(std::string_view json);

    std::string text(const char* key) const;
    std::uint32_t number(const char* key) const;
    std::uint32_t number_or(const char* key, std::uint32_t otherwise) const { return has(key) ? number(key) : otherwise; }
    bool flag(const char* key) const;
    std::vector<std::string> texts(const char* key) const;
    bool has(const char* key) const;
    /// An object.
    Request part(const char* key) const;
    std::vector<Request> parts(const char* key) const;

    std::optional<std::size_t> limit() const { return has("limit") ? std::optional<std::size_t>(number("limit")) : std::nullopt; }
    Attribution attribution(const char* key) const;
    Measure measure() const;
    Measure measure_or(Measure otherwise) const { return has("measure") ? measure() : otherwise; }
    Scope scope() const;
    FunctionId function(const char* key) const;
    FunctionsQuery functions_query() const;
    TreeQuery tree_query() const;
    FramesQuery frames_query() const;
    std::vector<LineRange> line_ranges() const;
    Subject subject() const;

  private:
    explicit Request(nlohmann::json json);
    std::vector<std::uint32_t> numbers(const char* key) const;
    AmountTerm amount_term() const;
    std::optional<std::uint64_t> microseconds(const char* key) const;

    nlohmann::json json_;
};

[[noreturn]] void refuse(const std::string& why);

}  // namespace alloclens::core
