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
        on_progress_ = Napi::ThreadSafeFunction::New(Env(), progress.As<Napi::Function>(), "alloclens progress", 0, 1);
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

void Work::Execute() {
    struct Progress {
        std::uint64_t done, total;
    };
    const auto tell = [this](std::uint64_t done, std::uint64_t total) {
        if (on_progress_ && !*cancelled_) {
            on_progress_.NonBlockingCall(new Progress{done, total}, [over = over_](Napi::Env env, Napi::Function callback, Progress* data) {
                const std::unique_ptr<Progress> progress(data);
                if (*over || env == nullptr) return;
                Napi::Object object = Napi::Object::New(env);
                object.Set("done", static_cast<double>(progress->done));
                object.Set("total", static_cast<double>(progress->total));
                callback.Call({object});
            });
        }
        return !*cancelled_;
    };
    try {
        if (*cancelled_) throw core::Error("cancelled", "Reading the capture was cancelled.");
        task_(tell);
    } catch (const core::Error& error) {
        error_ = error;
    } catch (const std::bad_alloc&) {
        error_ = core::Error("io", "There is not enough memory to read the capture.");
    }
}

void Work::OnOK() {
    finish();
    try {
        if (error_) {
            deferred_.Reject(to_javascript(Env(), *error_));
        } else {
            deferred_.Resolve(result_(Env()));
        }
    } catch (const Napi::Error& error) {
        deferred_.Reject(error.Value());
    }
    if (settled_) settled_();
}

void Work::OnError(const Napi::Error& error) {
    finish();
    deferred_.Reject(error.Value());
    if (settled_) settled_();
}

void Work::finish() {
    *over_ = true;
    if (on_progress_) on_progress_.Release();
    if (signal_.IsEmpty()) return;
    const Napi::Object signal = signal_.Value();
    signal.Get("removeEventListener").As<Napi::Function>().Call(signal, {Napi::String::New(Env(), "abort"), listener_.Value()});
}

}  // namespace alloclens::addon
