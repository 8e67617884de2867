// One piece of work off the main thread, with a promise, progress and an AbortSignal.
#pragma once

#include <napi.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "core/session.hpp"

namespace alloclens::addon {

/// Turns a core::Error into a JavaScript error with `code` and `offset`.
Napi::Value to_javascript(Napi::Env env, const core::Error& error);

/// Lives from its creation until its promise is settled, and deletes itself then.
class Work : public Napi::AsyncWorker {
  public:
    /// Runs in another thread. The progress asks for cancellation too.
    using Task = std::function<void(const core::Progress&)>;
    /// Makes the promise's value, in the main thread.
    using Result = std::function<Napi::Value(Napi::Env)>;
    using Settled = std::function<void()>;

    /// `options` as in index.d.ts, or undefined.
    Work(Napi::Env env, Napi::Value options, Task task, Result result);

    Napi::Promise promise() const { return deferred_.Promise(); }
    void cancel() { *cancelled_ = true; }
    void when_settled(Settled settled) { settled_ = std::move(settled); }

  protected:
    void Execute() override;
    void OnOK() override;
    void OnError(const Napi::Error& error) override;

  private:
    struct Told {
        std::uint64_t done = 0, total = 0;
        bool waiting = false;  ///< JavaScript has not seen it yet
        std::mutex lock;
    };

    void listen(Napi::Value options);
    bool tell(std::uint64_t done, std::uint64_t total);
    static void show(const std::shared_ptr<Told>& told, Napi::Env env, Napi::Function callback);
    void finish();

    Napi::Promise::Deferred deferred_;
    Task task_;
    Result result_;
    Settled settled_;
    std::optional<core::Error> error_;
    std::shared_ptr<std::atomic<bool>> cancelled_ = std::make_shared<std::atomic<bool>>(false);
    std::shared_ptr<Told> told_ = std::make_shared<Told>();
    Napi::ThreadSafeFunction wake_;
    Napi::FunctionReference on_progress_;
    Napi::ObjectReference signal_;
    Napi::FunctionReference listener_;
};

}  // namespace alloclens::addon
