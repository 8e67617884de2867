#include "capture.hpp"

#include <utility>

namespace alloclens::addon {

using SessionHolder = std::shared_ptr<core::Session>;

void Capture::define(Napi::Env env) {
    const Napi::Function constructor = DefineClass(env, "NativeCapture", {
        InstanceMethod<&Capture::update>("update"),
        InstanceMethod<&Capture::query>("query"),
        InstanceMethod<&Capture::close>("close"),
    });
    env.SetInstanceData(new Napi::FunctionReference(Napi::Persistent(constructor)));
}

Capture::Capture(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Capture>(info) {
    if (info.Length() != 1 || !info[0].IsExternal()) throw Napi::TypeError::New(info.Env(), "A capture is opened with open(path).");
    session_ = *info[0].As<Napi::External<SessionHolder>>().Data();
}

Napi::Promise Capture::open(const Napi::CallbackInfo& info) {
    if (info.Length() < 1 || !info[0].IsString()) throw Napi::TypeError::New(info.Env(), "open needs the path of a capture.");
    const auto session = std::make_shared<SessionHolder>();
    const auto read = [session, path = info[0].As<Napi::String>().Utf8Value()](const core::Progress& progress) {
        *session = std::make_shared<core::Session>(path, progress);
    };
    const auto wrap = [session](Napi::Env env) -> Napi::Value {
        return env.GetInstanceData<Napi::FunctionReference>()->New({Napi::External<SessionHolder>::New(env, session.get())});
    };
    auto* const work = new Work(info.Env(), info.Length() > 1 ? info[1] : info.Env().Undefined(), read, wrap);
    work->Queue();
    return work->promise();
}

Napi::Value Capture::update(const Napi::CallbackInfo& info) {
    if (!session_) return refuse(info.Env());
    const auto changed = std::make_shared<bool>(false);
    return enqueue(std::make_unique<Work>(
        info.Env(), info.Length() > 0 ? info[0] : info.Env().Undefined(),
        [session = session_, changed](const core::Progress& progress) { *changed = session->update(progress); },
        [changed](Napi::Env env) -> Napi::Value { return Napi::Boolean::New(env, *changed); }));
}

Napi::Value Capture::query(const Napi::CallbackInfo& info) {
    if (!session_) return refuse(info.Env());
    if (info.Length() < 1 || !info[0].IsString()) throw Napi::TypeError::New(info.Env(), "query needs a request in JSON.");
    const auto answer = std::make_shared<std::string>();
    return enqueue(std::make_unique<Work>(
        info.Env(), info.Length() > 1 ? info[1] : info.Env().Undefined(),
        [session = session_, answer, request = info[0].As<Napi::String>().Utf8Value()](const core::Progress& progress) {
            *answer = session->query(request, progress);
        },
        [answer](Napi::Env env) -> Napi::Value { return Napi::String::New(env, *answer); }));
}

void Capture::close(const Napi::CallbackInfo&) {
    session_.reset();
    if (running_) running_->cancel();
    for (const auto& work : waiting_) work->cancel();
}

Napi::Value Capture::enqueue(std::unique_ptr<Work> work) {
    const Napi::Promise promise = work->promise();
    Ref();  // this object stays while something runs
    work->when_settled([this] {
        running_ = nullptr;
        run_next();
        Unref();
    });
    waiting_.push_back(std::move(work));
    if (!running_) run_next();
    return promise;
}

void Capture::run_next() {
    if (waiting_.empty()) return;
    running_ = waiting_.front().release();  // it deletes itself
    waiting_.pop_front();
    running_->Queue();
}

Napi::Value Capture::refuse(Napi::Env env) {
    const auto deferred = Napi::Promise::Deferred::New(env);
    deferred.Reject(to_javascript(env, core::Error("io", "The capture is closed. Open it again.")));
    return deferred.Promise();
}

}  // namespace alloclens::addon
