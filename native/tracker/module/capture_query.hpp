// Asks core about a capture from Python.
#pragma once

#include "tracker/module/python_api.hpp"

namespace alloclens::module {

/// query(path: bytes, requests: list of bytes) -> list of str; raises CaptureError.
PyObject* query(PyObject* module, PyObject* arguments);

/// Puts CaptureError into the module. 0, or -1 with an error set.
int add_capture_error(PyObject* module);

}  // namespace alloclens::module
