#include "work.hpp"

#include <utility>

namespace alloclens::addon {

Napi::Value to_javascript(Napi::Env env, const core::Error& error) {
    Napi::Object result = Napi::Error::New(env, error.what()).Value();
    result.Set("code", error.code());
    if (error.offset()) result.Set("offset", static_cast<double>(*error.offset()));
    return result;
}

Work::Work(Napi::Env env, Napi::Value options, Task task, Result result)
    : Napi::AsyncWorker(env), deferred_(env), task_(std::move(task)), result_(std::move(result)) {
    listen(options);
}

void Work::listen(Napi::Value value) {
    if (!value.IsObject()) return;
    const Napi::Object options = value.As<Napi::Object>();
    if (const Napi::Value progress = options.Get("onProgress"); progress.IsFunction()) {
        on_progress_ = Napi::Persistent(progress.As<Napi::Function>());
        wake_ = Napi::ThreadSafeFunction::New(Env(), on_progress_.Value(), "alloclens progress", 0, 1);
    }
    if (const Napi::Value signal = options.Get("signal"); signal.IsObject()) {
        const Napi::Object object = signal.As<Napi::Object>();
        *cancelled_ = object.Get("aborted").ToBoolean();
        const auto flag = cancelled_;
        const Napi::Function listener = Napi::Function::New(Env(), [flag](const Napi::CallbackInfo&) { *flag = true; });
        object.Get("addEventListener").As<Napi::Function>().Call(object, {Napi::String::New(Env(), "abort"), listener});
        signal_ = Napi::Persistent(object);
        listener_ = Napi::Persistent(listener);
    }
}

bool Work::tell(std::uint64_t done, std::uint64_t total) {
    if (wake_ && !*cancelled_) {
        const std::lock_guard guard(told_->lock);
        told_->done = done;
        told_->total = total;
        told_->waiting = true;
        wake_.NonBlockingCall([told = told_](Napi::Env env, Napi::Function callback) { show(told, env, callback); });
    }
    return !*cancelled_;
}

/// The newest progress, unless it has been shown.
void Work::show(const std::shared_ptr<Told>& told, Napi::Env env, Napi::Function callback) {
    if (env == nullptr) return;
    Napi::Object progress = Napi::Object::New(env);
    {
        const std::lock_guard guard(told->lock);
        if (!std::exchange(told->waiting, false)) return;
        progress.Set("done", static_cast<double>(told->done));
        progress.Set("total", static_cast<double>(told->total));
    }
    callback.Call({progress});
}

void Work::Execute() {
    try {
        if (*cancelled_) throw core::Error("cancelled", "Reading the capture was cancelled.");
        task_([this](std::uint64_t done, std::uint64_t total) { return tell(done, total); });
    } catch (const core::Error& error) {
        error_ = error;
    } catch (const std::bad_alloc&) {
        error_ = core::Error("io", "There is not enough memory to read the capture.");
    }
}

void Work::OnOK() {
    try {
        if (error_) {
            deferred_.Reject(to_javascript(Env(), *error_));
        } else {
            deferred_.Resolve(result_(Env()));
        }
    } catch (const Napi::Error& error) {
        deferred_.Reject(error.Value());
    }
    finish();
}

void Work::OnError(const Napi::Error& error) {
    deferred_.Reject(error.Value());
    finish();
}

/// Who waits for the promise goes on only after this, so the last progress still comes before.
void Work::finish() {
    if (!signal_.IsEmpty()) {
        const Napi::Object signal = signal_.Value();
        signal.Get("removeEventListener").As<Napi::Function>().Call(signal, {Napi::String::New(Env(), "abort"), listener_.Value()});
    }
    if (settled_) settled_();
    if (wake_) {
        wake_.Release();
        show(told_, Env(), on_progress_.Value());
    }
}

}  // namespace alloclens::addon
