#include "session.hpp"

#include <optional>

#include "core/capture/reader.hpp"
#include "core/queries/answer.hpp"

namespace alloclens::core {

struct Session::State {
    explicit State(const std::string& path) : reader(path) {}

    /// Made when the first question after an update comes.
    const View& current_view() {
        if (!view) {
            places.update(reader.recording());
            view.emplace(reader.recording(), places);
        }
        return *view;
    }

    Reader reader;
    Places places;
    std::optional<View> view;
};

Session::Session(const std::string& path, const Progress& progress) : state_(std::make_unique<State>(path)) {
    state_->reader.update(progress);
}

Session::~Session() = default;

bool Session::update(const Progress& progress) {
    try {
        const bool changed = state_->reader.update(progress);
        if (changed) state_->view.reset();
        return changed;
    } catch (...) {
        state_->view.reset();  // what was read before it failed stays
        throw;
    }
}

std::string Session::query(std::string_view request) { return answer(request, state_->current_view(), state_->reader); }

}  // namespace alloclens::core
