// What require('alloclens.node') gives: index.d.ts.
#include <napi.h>

#include "capture.hpp"

namespace {

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
    alloclens::addon::Capture::define(env);
    exports.Set("open", Napi::Function::New(env, [](const Napi::CallbackInfo& info) -> Napi::Value {
                    return alloclens::addon::Capture::open(info);
                }, "open"));
    exports.Set("version", ALLOCLENS_VERSION);
    return exports;
}

}  // namespace

NODE_API_MODULE(alloclens, initialise)
