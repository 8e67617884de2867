// Runs the program's main code as the interpreter's own `main` does (Modules/main.c, Python/pythonrun.c).
#pragma once

#include <optional>

#include "tracker/module/python_api.hpp"

namespace alloclens::module {

PyObject* run_file(PyObject* module, PyObject* arguments);
PyObject* run_source(PyObject* module, PyObject* arguments);
PyObject* run_code(PyObject* module, PyObject* arguments);
PyObject* run_call(PyObject* module, PyObject* arguments);

/// As the program's end decided it; empty while it runs, or when it ended in a way that did not tell.
std::optional<int> exit_status();

}  // namespace alloclens::module
