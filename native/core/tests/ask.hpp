// Questions to a session as JSON values.
#pragma once

#include <nlohmann/json.hpp>

#include "core/session.hpp"

namespace alloclens::core::testing {

inline nlohmann::json ask(Session& session, const nlohmann::json& question) {
    return nlohmann::json::parse(session.query(question.dump()));
}

}  // namespace alloclens::core::testing
