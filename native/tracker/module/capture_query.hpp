// Asks core about a capture from Python.
#pragma once

#include "tracker/module/python_api.hpp"

namespace alloclens::module {

/// open(path: bytes, progress: callable or None) -> capsule; raises CaptureError, and what `progress(done, total)` raised.
PyObject* open_capture(PyObject* module, PyObject* arguments);
/// update(capsule, progress) -> bool: reads what was appended since.
PyObject* update_capture(PyObject* module, PyObject* arguments);
/// ask(capsule, requests: list of bytes) -> list of str.
PyObject* ask_capture(PyObject* module, PyObject* arguments);

/// query(path, requests, progress) -> list of str: the capture is read once for all of them.
PyObject* query(PyObject* module, PyObject* arguments);

/// Puts CaptureError into the module. 0, or -1 with an error set.
int add_capture_error(PyObject* module);

}  // namespace alloclens::module
