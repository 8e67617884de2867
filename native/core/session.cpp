#include "session.hpp"

#include "core/open_capture.hpp"
#include "core/queries/answer.hpp"

namespace alloclens::core {

struct Session::State {
    State(const std::string& path, const Progress& progress, std::string_view question)
        : capture(path, division_for(question), progress) {}
    OpenCapture capture;
};

Session::Session(const std::string& path, const Progress& progress, std::string_view question)
    : state_(std::make_unique<State>(path, progress, question)) {}

Session::~Session() = default;

bool Session::update(const Progress& progress) { return state_->capture.update(progress); }

std::string Session::query(std::string_view request, const Progress& progress) { return answer(request, state_->capture, progress); }

}  // namespace alloclens::core
