#include "tracker/module/capture_query.hpp"

#include <chrono>
#include <new>
#include <string>
#include <vector>

#include "core/session.hpp"

namespace alloclens::module {
namespace {

PyObject* capture_error = nullptr;

PyObject* text(const std::string& utf8) {
    return PyUnicode_DecodeUTF8(utf8.data(), static_cast<Py_ssize_t>(utf8.size()), "replace");
}

void raise(const core::Error& error) {
    const Reference message(text(error.what()));
    const Reference code(text(error.code()));
    const Reference offset(error.offset() ? PyLong_FromUnsignedLongLong(*error.offset()) : none());
    const Reference instance(PyObject_CallFunctionObjArgs(capture_error, message.get(), nullptr));
    if (!instance) return;
    PyObject_SetAttrString(instance.get(), "code", code.get());
    PyObject_SetAttrString(instance.get(), "offset", offset.get());
    PyErr_SetObject(capture_error, instance.get());
}

/// Other threads run while it lives.
class WithoutGil {
  public:
    WithoutGil() : thread_(PyEval_SaveThread()) {}
    ~WithoutGil() { PyEval_RestoreThread(thread_); }
    WithoutGil(const WithoutGil&) = delete;
    WithoutGil& operator=(const WithoutGil&) = delete;

    /// Runs Python's signal handlers; false when one raised (Ctrl-C), with that error set.
    bool check_signals() {
        PyEval_RestoreThread(thread_);
        const bool quiet = PyErr_CheckSignals() == 0;
        thread_ = PyEval_SaveThread();
        return quiet;
    }

  private:
    PyThreadState* thread_;
};

/// The capture is read once for all of them.
std::vector<std::string> ask(const char* path, const std::vector<std::string>& requests) {
    using clock = std::chrono::steady_clock;
    WithoutGil released;
    auto checked = clock::now();
    const auto progress = [&](std::uint64_t, std::uint64_t) {
        if (clock::now() - checked < std::chrono::milliseconds(50)) return true;
        checked = clock::now();
        return released.check_signals();
    };
    core::Session session(path, progress);
    std::vector<std::string> answers;
    for (const std::string& request : requests) answers.push_back(session.query(request));
    return answers;
}

PyObject* list_of(const std::vector<std::string>& answers) {
    Reference list(PyList_New(static_cast<Py_ssize_t>(answers.size())));
    for (std::size_t i = 0; list && i < answers.size(); ++i) {
        PyObject* const answer = text(answers[i]);
        if (!answer) return nullptr;
        PyList_SetItem(list.get(), static_cast<Py_ssize_t>(i), answer);  // steals it
    }
    return list.release();
}

}  // namespace

PyObject* query(PyObject*, PyObject* arguments) {
    const char* path = nullptr;
    PyObject* list = nullptr;
    if (!PyArg_ParseTuple(arguments, "yO", &path, &list)) return nullptr;
    std::vector<std::string> requests;
    const Py_ssize_t count = PyList_Size(list);
    if (count < 0) return nullptr;
    for (Py_ssize_t i = 0; i < count; ++i) {
        char* request = nullptr;
        Py_ssize_t size = 0;
        if (PyBytes_AsStringAndSize(PyList_GetItem(list, i), &request, &size) != 0) return nullptr;
        requests.emplace_back(request, static_cast<std::size_t>(size));
    }
    try {
        return list_of(ask(path, requests));
    } catch (const core::Error& error) {
        if (!PyErr_Occurred()) raise(error);  // else it was cancelled by the signal whose error is set
    } catch (const std::bad_alloc&) {
        PyErr_NoMemory();
    } catch (const std::exception& error) {
        PyErr_SetString(PyExc_RuntimeError, error.what());
    }
    return nullptr;
}

int add_capture_error(PyObject* module) {
    if (!capture_error) {
        capture_error = PyErr_NewException("alloclens.CaptureError", nullptr, nullptr);
        if (!capture_error) return -1;
    }
    Py_IncRef(capture_error);
    return PyModule_AddObject(module, "CaptureError", capture_error);
}

}  // namespace alloclens::module
