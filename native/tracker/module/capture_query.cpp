#include "tracker/module/capture_query.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <vector>

#include "core/session.hpp"
#include "tracker/hooks/fork.hpp"

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

/// Other threads run while it lives, and may fork: their children then find our own memory unlocked.
class WithoutGil {
  public:
    WithoutGil() {
        tracker::watch_forks();
        thread_ = PyEval_SaveThread();
    }
    ~WithoutGil() { PyEval_RestoreThread(thread_); }
    WithoutGil(const WithoutGil&) = delete;
    WithoutGil& operator=(const WithoutGil&) = delete;

    template <typename Work>
    auto with_gil(Work&& work) {
        PyEval_RestoreThread(thread_);
        auto result = work();
        thread_ = PyEval_SaveThread();
        return result;
    }

  private:
    PyThreadState* thread_ = nullptr;
};

/// What core calls while it reads: runs signal handlers, and tells `progress` (a callable, or None) how far it is.
class Watch {
  public:
    Watch(WithoutGil& released, PyObject* progress) : released_(released), progress_(progress) {}

    /// False, with an error set, when a handler or `progress` raised.
    bool operator()(std::uint64_t done, std::uint64_t total) {
        using clock = std::chrono::steady_clock;
        const auto now = clock::now();
        if (now - checked_ < std::chrono::milliseconds(50)) return true;
        checked_ = now;
        return released_.with_gil([&] {
            if (PyErr_CheckSignals() != 0) return false;
            if (is_none(progress_)) return true;
            const Reference done_number(PyLong_FromUnsignedLongLong(done));
            const Reference total_number(PyLong_FromUnsignedLongLong(total));
            return bool(Reference(PyObject_CallFunctionObjArgs(progress_, done_number.get(), total_number.get(), nullptr)));
        });
    }

  private:
    WithoutGil& released_;
    PyObject* const progress_;
    std::chrono::steady_clock::time_point checked_ = std::chrono::steady_clock::now();
};

/// A capture that is open, as Python holds it: in a capsule. Threads take turns.
struct OpenCapture {
    std::mutex turn;
    std::unique_ptr<core::Session> session;
};

constexpr char capsule_name[] = "alloclens.OpenCapture";

void delete_open_capture(PyObject* capsule) {
    delete static_cast<OpenCapture*>(PyCapsule_GetPointer(capsule, capsule_name));
}

/// Runs `work` and makes a Python error of what it throws.
template <typename Work>
PyObject* guarded(Work&& work) {
    try {
        return work();
    } catch (const core::Error& error) {
        if (!PyErr_Occurred()) raise(error);  // else it was cancelled by the signal or the callable whose error is set
    } catch (const std::bad_alloc&) {
        PyErr_NoMemory();
    } catch (const std::exception& error) {
        PyErr_SetString(PyExc_RuntimeError, error.what());
    }
    return nullptr;
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

PyObject* open_capture(PyObject*, PyObject* arguments) {
    const char* path = nullptr;
    PyObject* progress = &_Py_NoneStruct;
    const char* question = "";
    if (!PyArg_ParseTuple(arguments, "y|Oy", &path, &progress, &question)) return nullptr;
    return guarded([&] {
        auto capture = std::make_unique<OpenCapture>();
        {
            WithoutGil released;
            Watch watch(released, progress);
            capture->session = std::make_unique<core::Session>(path, std::ref(watch), question);
        }
        PyObject* const capsule = PyCapsule_New(capture.get(), capsule_name, delete_open_capture);
        if (capsule) capture.release();
        return capsule;
    });
}

PyObject* update_capture(PyObject*, PyObject* arguments) {
    PyObject* capsule = nullptr;
    PyObject* progress = &_Py_NoneStruct;
    if (!PyArg_ParseTuple(arguments, "O|O", &capsule, &progress)) return nullptr;
    auto* const capture = static_cast<OpenCapture*>(PyCapsule_GetPointer(capsule, capsule_name));
    if (!capture) return nullptr;
    return guarded([&] {
        bool changed = false;
        {
            WithoutGil released;
            const std::lock_guard turn(capture->turn);
            Watch watch(released, progress);
            changed = capture->session->update(std::ref(watch));
        }
        return PyBool_FromLong(changed);
    });
}

PyObject* ask_capture(PyObject*, PyObject* arguments) {
    PyObject* capsule = nullptr;
    PyObject* list = nullptr;
    PyObject* progress = &_Py_NoneStruct;
    if (!PyArg_ParseTuple(arguments, "OO|O", &capsule, &list, &progress)) return nullptr;
    auto* const capture = static_cast<OpenCapture*>(PyCapsule_GetPointer(capsule, capsule_name));
    if (!capture) return nullptr;
    std::vector<std::string> requests;
    const Py_ssize_t count = PyList_Size(list);
    if (count < 0) return nullptr;
    for (Py_ssize_t i = 0; i < count; ++i) {
        char* request = nullptr;
        Py_ssize_t size = 0;
        if (PyBytes_AsStringAndSize(PyList_GetItem(list, i), &request, &size) != 0) return nullptr;
        requests.emplace_back(request, static_cast<std::size_t>(size));
    }
    return guarded([&] {
        std::vector<std::string> answers;
        {
            WithoutGil released;
            const std::lock_guard turn(capture->turn);
            Watch watch(released, progress);
            for (const std::string& request : requests) answers.push_back(capture->session->query(request, std::ref(watch)));
        }
        return list_of(answers);
    });
}

PyObject* query(PyObject* module, PyObject* arguments) {
    PyObject* path = nullptr;
    PyObject* list = nullptr;
    PyObject* progress = &_Py_NoneStruct;
    if (!PyArg_ParseTuple(arguments, "OO|O", &path, &list, &progress)) return nullptr;
    const Reference to_open(PyTuple_Pack(2, path, progress));
    const Reference capture(to_open ? open_capture(module, to_open.get()) : nullptr);
    const Reference to_ask(capture ? PyTuple_Pack(3, capture.get(), list, progress) : nullptr);
    return to_ask ? ask_capture(module, to_ask.get()) : nullptr;
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
