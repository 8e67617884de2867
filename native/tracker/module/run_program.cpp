#include "tracker/module/run_program.hpp"

#include <csignal>

#include "tracker/module/bottom_of_stack.hpp"

namespace alloclens::module {
namespace {

std::optional<int> status;

/// The program's `__main__` and its names, kept although the program may put another module in its place or delete it.
struct MainModule {
    Reference module, names;

    MainModule() {
        PyObject* const present = PyImport_AddModule("__main__");  // borrowed
        if (!present) return;
        Py_IncRef(present);
        *module.slot() = present;
        *names.slot() = PyModule_GetDict(present);  // borrowed
        Py_IncRef(names.get());
    }
};

/// What a parent process sees of this SystemExit: pythonrun.c, handle_system_exit.
int status_of(PyObject* system_exit) {
    Reference code(PyObject_GetAttrString(system_exit, "code"));
    if (!code) {
        PyErr_Clear();
        return 1;
    }
    if (is_none(code.get())) return 0;
    Reference is_int(PyObject_GetAttrString(code.get(), "bit_length"));
    if (!is_int) {
        PyErr_Clear();
        return 1;
    }
    const long value = PyLong_AsLong(code.get());
    PyErr_Clear();
    return static_cast<int>(value & 0xff);
}

/// The error that is set, if any, normalized and with its traceback attached. Takes it off.
struct Raised {
    Reference type, value, traceback;

    Raised() {
        PyErr_Fetch(type.slot(), value.slot(), traceback.slot());
        if (!type) return;
        PyErr_NormalizeException(type.slot(), value.slot(), traceback.slot());
        if (traceback) PyObject_SetAttrString(value.get(), "__traceback__", traceback.get());
    }
    void set_again() { PyErr_Restore(type.release(), value.release(), traceback.release()); }
    PyObject* traceback_or_none() { return traceback ? traceback.get() : &_Py_NoneStruct; }
};

/// Lets the interpreter end by SIGINT, as it does after a KeyboardInterrupt that nobody caught: it only remembers
/// one that left code which it ran itself.
void end_by_sigint(PyObject* names) {
    Reference never(PyRun_StringFlags("raise KeyboardInterrupt", Py_file_input, names, names, nullptr));
    PyErr_Clear();
}

/// PyErr_Print, except that a SystemExit from the program's own hook comes back instead of ending the process here,
/// so that its status is known. False when it did.
bool print_error() {
    PyObject* hook = PySys_GetObject("excepthook");
    if (!hook || hook == PySys_GetObject("__excepthook__")) {
        PyErr_Print();
        return true;
    }
    Py_IncRef(hook);
    const Reference kept(hook);
    Raised raised;
    PySys_SetObject("last_type", raised.type.get());
    PySys_SetObject("last_value", raised.value.get());
    PySys_SetObject("last_traceback", raised.traceback_or_none());
    if (minor_version() >= 12) PySys_SetObject("last_exc", raised.value.get());
    Reference answer(PyObject_CallFunctionObjArgs(hook, raised.type.get(), raised.value.get(),
                                                  raised.traceback_or_none(), nullptr));
    if (answer) return true;
    if (PyErr_ExceptionMatches(PyExc_SystemExit)) return false;
    // As pythonrun.c words it when a hook fails.
    Raised second;
    std::fflush(stdout);
    auto say = [](const char* text) {
        if (PyObject* stream = PySys_GetObject("stderr"); stream && !is_none(stream)) {
            Reference write(PyObject_GetAttrString(stream, "write"));
            Reference words(PyUnicode_DecodeUTF8(text, static_cast<Py_ssize_t>(__builtin_strlen(text)), nullptr));
            Reference done(write ? PyObject_CallFunctionObjArgs(write.get(), words.get(), nullptr) : nullptr);
            if (!done) PyErr_Clear();
        }
    };
    say("Error in sys.excepthook:\n");
    PyErr_Display(second.type.get(), second.value.get(), second.traceback_or_none());
    say("\nOriginal exception was:\n");
    PyErr_Display(raised.type.get(), raised.value.get(), raised.traceback_or_none());
    return true;
}

bool stays_interactive() {
    Reference inspect(PyObject_GetAttrString(PySys_GetObject("flags"), "inspect"));
    const bool stays = inspect && PyLong_AsLong(inspect.get()) != 0;
    PyErr_Clear();
    return stays;
}

/// The error that ended the program: printed, unless it is a SystemExit, which the interpreter handles itself.
/// Leaves a SystemExit set when the process has to end with a status.
void conclude(PyObject* names, bool interactive) {
    if (!PyErr_ExceptionMatches(PyExc_SystemExit) || interactive) {
        const bool interrupted = PyErr_Occurred() == PyExc_KeyboardInterrupt;
        status = interrupted ? 128 + SIGINT : 1;
        if (interactive) {
            PyErr_Print();
        } else if (print_error() && !interrupted) {
            Reference one(PyLong_FromLong(1));
            PyErr_SetObject(PyExc_SystemExit, one.get());
        }
        if (!PyErr_Occurred()) {
            if (interrupted) end_by_sigint(names);
            return;
        }
    }
    Raised raised;
    status = status_of(raised.value.get());
    raised.set_again();
}

/// What the interpreter forgets when a script's last line has run, before functions at exit: pythonrun.c, "done:".
void forget_file(PyObject* names) {
    for (const char* name : {"__file__", "__cached__"}) {
        if (PyDict_DelItemString(names, name) != 0) PyErr_Clear();
    }
}

enum class Main { script, other };

/// Runs `step(names of __main__)` (a new reference, or null with an error set) as if the interpreter had called it.
template <typename Step>
PyObject* as_main(Main kind, Step step) {
    const MainModule main;
    if (!main.names) return nullptr;
    const bool interactive = stays_interactive();
    bool exits = false;
    {
        BottomOfStack bottom;
        const Reference result(step(main.names.get()));
        if (result) {
            status = 0;
        } else {
            exits = PyErr_ExceptionMatches(PyExc_SystemExit);
            conclude(main.names.get(), interactive);
        }
    }
    // Before 3.14 a SystemExit ends the process before that place.
    if (kind == Main::script && (!exits || minor_version() >= 14)) {
        Raised pending;
        forget_file(main.names.get());
        pending.set_again();
    }
    return PyErr_Occurred() ? nullptr : none();
}

}  // namespace

std::optional<int> exit_status() { return status; }

/// run_file(path: bytes, name: bytes): reads the source as the interpreter reads a script's, so that its errors are
/// the same; `-` is standard input. Nothing is compiled before.
PyObject* run_file(PyObject*, PyObject* arguments) {
    const char* path = nullptr;
    const char* name = nullptr;
    if (!PyArg_ParseTuple(arguments, "yy", &path, &name)) return nullptr;
    const bool standard_input = path[0] == '-' && !path[1];
    std::FILE* file = standard_input ? stdin : std::fopen(path, "rbe");
    if (!file) return PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
    return as_main(Main::script, [&](PyObject* names) {
        PyCompilerFlags flags{0, minor_version()};
        return PyRun_FileExFlags(file, name, Py_file_input, names, names, !standard_input, &flags);
    });
}

/// run_source(source: bytes, register: callable or None): what follows `-c`, as UTF-8. From 3.13 on the interpreter
/// registers the code with linecache, so that tracebacks show its lines.
PyObject* run_source(PyObject*, PyObject* arguments) {
    const char* source = nullptr;
    PyObject* register_code = nullptr;
    if (!PyArg_ParseTuple(arguments, "yO", &source, &register_code)) return nullptr;
    return as_main(Main::other, [&](PyObject* names) -> PyObject* {
        PyCompilerFlags flags{PyCF_IGNORE_COOKIE, minor_version()};
        const Reference code(Py_CompileStringExFlags(source, "<string>", Py_file_input, &flags, -1));
        if (!code) return nullptr;
        if (!is_none(register_code)) {
            Reference text(PyUnicode_DecodeUTF8(source, static_cast<Py_ssize_t>(__builtin_strlen(source)), nullptr));
            Reference name(PyUnicode_DecodeUTF8("<string>", 8, nullptr));
            Reference done(PyObject_CallFunctionObjArgs(register_code, code.get(), text.get(), name.get(), nullptr));
            if (!done) return nullptr;
        }
        return PyEval_EvalCode(code.get(), names, names);
    });
}

/// run_code(code): of a script that is compiled already.
PyObject* run_code(PyObject*, PyObject* code) {
    return as_main(Main::script, [&](PyObject* names) { return PyEval_EvalCode(code, names, names); });
}

/// run_call(callable, arguments: tuple): the interpreter calls runpy for `-m`, folders and zip files.
PyObject* run_call(PyObject*, PyObject* arguments) {
    PyObject* callable = nullptr;
    PyObject* values = nullptr;
    if (!PyArg_ParseTuple(arguments, "OO", &callable, &values)) return nullptr;
    return as_main(Main::other, [&](PyObject*) { return PyObject_Call(callable, values, nullptr); });
}

}  // namespace alloclens::module
