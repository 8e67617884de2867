// `_alloclens`: what the launcher and the terminal commands call. One library for CPython 3.8 to 3.15.

#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <new>
#include <string>
#include <vector>

#include "tracker/module/capture_query.hpp"
#include "tracker/module/metadata.hpp"
#include "tracker/module/python_api.hpp"
#include "tracker/module/run_program.hpp"
#include "tracker/tracker.hpp"

namespace alloclens::module {
namespace {

PyObject* text(const std::string& utf8) {
    return PyUnicode_DecodeUTF8(utf8.data(), static_cast<Py_ssize_t>(utf8.size()), "replace");
}

/// A list of byte strings; false with an error set when it is something else.
bool byte_strings(PyObject* list, std::vector<std::string>& out) {
    const Py_ssize_t count = PyList_Size(list);
    if (count < 0) return false;
    for (Py_ssize_t i = 0; i < count; i++) {
        char* bytes = nullptr;
        Py_ssize_t size = 0;
        if (PyBytes_AsStringAndSize(PyList_GetItem(list, i), &bytes, &size) != 0) return false;
        out.emplace_back(bytes, static_cast<std::size_t>(size));
    }
    return true;
}

std::string as_folder(std::string path) {
    if (path.empty() || path.back() != '/') path += '/';
    return path;
}

/// check() -> str: empty when this interpreter can be tracked, else the sentence that says why not.
PyObject* check(PyObject*, PyObject*) { return text(tracker::check_interpreter()); }

/// No C++ exception may leave a function that Python calls.
template <PyObject* (*function)(PyObject*, PyObject*)>
PyObject* safe(PyObject* module, PyObject* arguments) {
    try {
        return function(module, arguments);
    } catch (const std::bad_alloc&) {
        return PyErr_NoMemory();
    }
}

/// start(fields: list[bytes]) -> str: keys and values in turn; a repeated key is a list. Empty when tracking has begun.
PyObject* start(PyObject*, PyObject* list) {
    std::vector<std::string> words;
    if (!byte_strings(list, words)) return nullptr;
    Fields fields;
    tracker::Options options;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        const std::string& key = words[i];
        const std::string& value = words[i + 1];
        fields.emplace_back(key, value);
        if (key == "path") options.path = value;
        if (key == "overwrite") options.overwrite = value == "1";
        if (key == "detail" && value == "system") options.detail = tracker::Detail::system;
        if (key == "hidden_folder") options.hidden_folder = as_folder(value);
        if (key == "standard_library") options.standard_library.push_back(as_folder(value));
        if (key == "site_packages") options.site_packages.push_back(as_folder(value));
        if (key == "native") options.native_stacks = value == "1";
        if (key == "sources") options.sources = value == "1";
        if (key == "parent_run_id" && value.find_first_not_of("0123456789abcdef") == value.npos) options.parent_run_id = value;
        if (key == "sample_interval_ms") options.sample_interval_ms = static_cast<unsigned>(std::strtoul(value.c_str(), nullptr, 10));
        if (key == "aggregate") options.aggregate = value == "1";
        if (key == "memory_limit") options.memory_limit = std::strtoull(value.c_str(), nullptr, 10);
        if (key == "memory_limit_action") options.memory_limit_refuses = value == "raise";
        if (key == "follow_children") options.follow_children = value == "1";
        if (key == "launcher") options.launcher.push_back(value);
        if (key == "children_name") options.children_name = value;
        if (key == "current_thread_only") options.current_thread_only = value == "1";
    }
    options.metadata = metadata(fields);
    return text(tracker::start(options));
}

/// stop() -> str: ends the capture with the program's exit status. Empty, or a sentence about what was not written.
PyObject* stop(PyObject*, PyObject*) {
    std::string sentence = tracker::failure();
    if (tracker::active()) {
        tracker::End end;
        end.exit_status = exit_status();
        const std::string unwritten = tracker::stop(end);
        if (sentence.empty()) sentence = unwritten;
    }
    return text(sentence);
}

PyObject* active(PyObject*, PyObject*) { return PyLong_FromLong(tracker::active()); }

/// real_path(path: bytes) -> str, or None: realpath(3), without importing os.path.
PyObject* real_path(PyObject*, PyObject* arguments) {
    const char* path = nullptr;
    if (!PyArg_ParseTuple(arguments, "y", &path)) return nullptr;
    char resolved[PATH_MAX];
    if (!::realpath(path, resolved)) return none();
    return PyUnicode_DecodeFSDefault(resolved);
}

/// run_command(arguments: list[bytes]) -> int: runs a program and waits for it, unseen by the host: its handler for
/// SIGCHLD is not called in this thread, and no handler for fork runs. The program's status, or -1.
PyObject* run_command(PyObject*, PyObject* list) {
    std::vector<std::string> words;
    if (!byte_strings(list, words)) return nullptr;
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    sigset_t child_signal, mask_before, nothing;
    sigemptyset(&nothing);
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &child_signal, &mask_before);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &nothing);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    pid_t child = 0;
    int status = -1;
    if (posix_spawn(&child, arguments[0], nullptr, &attributes, arguments.data(), environ) == 0) {
        PyThreadState* thread = PyEval_SaveThread();
        pid_t ended;
        do {
            ended = waitpid(child, &status, 0);
        } while (ended < 0 && errno == EINTR);
        PyEval_RestoreThread(thread);
        if (ended != child) status = 0;  // the host ignores SIGCHLD, so the kernel keeps no status: it has ended
    }
    posix_spawnattr_destroy(&attributes);
    if (!sigismember(&mask_before, SIGCHLD)) {
        const timespec at_once{};
        sigtimedwait(&child_signal, nullptr, &at_once);
    }
    pthread_sigmask(SIG_SETMASK, &mask_before, nullptr);
    return PyLong_FromLong(status);
}

/// Those of a bytes object; false with an error set when it is something else.
bool bytes_of(PyObject* object, std::string& out) {
    char* bytes = nullptr;
    Py_ssize_t size = 0;
    if (PyBytes_AsStringAndSize(object, &bytes, &size) != 0) return false;
    out.assign(bytes, static_cast<std::size_t>(size));
    return true;
}

/// The number that the value of a region begins with; 0 of others.
std::uint32_t number_of(const std::string& value) {
    std::uint32_t number = 0;
    if (value.size() >= sizeof number) std::memcpy(&number, value.data(), sizeof number);
    return number;
}

/// region(parent: bytes, name: bytes) -> bytes: the region of this UTF-8 name inside another one (b"": in none), as a
/// value for the context variable.
PyObject* region(PyObject*, PyObject* arguments) {
    PyObject* objects[2] = {};
    std::string parent, name;
    if (!PyArg_ParseTuple(arguments, "OO", &objects[0], &objects[1]) || !bytes_of(objects[0], parent) || !bytes_of(objects[1], name)) {
        return nullptr;
    }
    const std::uint32_t number = tracker::region(number_of(parent), name);
    return PyBytes_FromStringAndSize(reinterpret_cast<const char*>(&number), sizeof number);
}

/// follow_context(variable: ContextVar, value: bytes) -> bool: regions are the values of this variable, which has `value`
/// now. False when this interpreter's contexts can't be read.
PyObject* follow_context(PyObject*, PyObject* arguments) {
    PyObject* variable = nullptr;
    PyObject* object = nullptr;
    std::string value;
    if (!PyArg_ParseTuple(arguments, "OO", &variable, &object) || !bytes_of(object, value)) return nullptr;
    const Py_ssize_t hash = PyObject_Hash(variable);
    if (hash == -1) return nullptr;
    const bool follows = tracker::follow_context(variable, hash, number_of(value));
    if (follows) Py_IncRef(variable);  // it is read until the process ends
    return PyBool_FromLong(follows);
}

/// region_changed(entered: bytes): this thread has set the variable to a region that it enters, or back (b"").
PyObject* region_changed(PyObject*, PyObject* entered) {
    std::string value;
    if (!bytes_of(entered, value)) return nullptr;
    tracker::region_changed(number_of(value));
    return none();
}

PyMethodDef methods[] = {
    {"check", safe<check>, METH_NOARGS, nullptr},
    {"start", safe<start>, METH_O, nullptr},
    {"stop", safe<stop>, METH_NOARGS, nullptr},
    {"region", safe<region>, METH_VARARGS, nullptr},
    {"follow_context", follow_context, METH_VARARGS, nullptr},
    {"region_changed", safe<region_changed>, METH_O, nullptr},
    {"active", active, METH_NOARGS, nullptr},
    {"run_file", run_file, METH_VARARGS, nullptr},
    {"run_source", run_source, METH_VARARGS, nullptr},
    {"run_code", run_code, METH_O, nullptr},
    {"run_call", run_call, METH_VARARGS, nullptr},
    {"run_command", safe<run_command>, METH_O, nullptr},
    {"real_path", real_path, METH_VARARGS, nullptr},
    {"open", open_capture, METH_VARARGS, nullptr},
    {"update", update_capture, METH_VARARGS, nullptr},
    {"ask", ask_capture, METH_VARARGS, nullptr},
    {"query", query, METH_VARARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef_Slot slots[] = {
    {Py_mod_exec, reinterpret_cast<void*>(add_capture_error)},
    {0, nullptr},
};

PyModuleDef definition = {
    {1, nullptr}, nullptr, 0, nullptr, "_alloclens", nullptr, 0, methods, slots, nullptr, nullptr, nullptr,
};

}  // namespace
}  // namespace alloclens::module

extern "C" __attribute__((visibility("default"))) PyObject* PyInit__alloclens() {
    return PyModuleDef_Init(&alloclens::module::definition);
}
