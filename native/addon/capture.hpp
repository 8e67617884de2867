// An open capture in JavaScript: NativeCapture of index.d.ts.
#pragma once

#include <napi.h>

#include <deque>
#include <memory>
#include <string>

#include "core/session.hpp"
#include "work.hpp"

namespace alloclens::addon {

/// Works on its session one after another, in the order in which they were asked for.
class Capture : public Napi::ObjectWrap<Capture> {
  public:
    static Napi::Promise open(const Napi::CallbackInfo& info);
    static void define(Napi::Env env);

    /// Only for `open`.
    explicit Capture(const Napi::CallbackInfo& info);

  private:
    Napi::Value update(const Napi::CallbackInfo& info);
    Napi::Value query(const Napi::CallbackInfo& info);
    void close(const Napi::CallbackInfo& info);

    Napi::Value enqueue(std::unique_ptr<Work> work);
    void run_next();
    Napi::Value refuse(Napi::Env env);

    std::shared_ptr<core::Session> session_;  ///< null once closed; works that run hold it too
    std::deque<std::unique_ptr<Work>> waiting_;
    Work* running_ = nullptr;
};

}  // namespace alloclens::addon
