// The part of CPython's C interface that the module uses, declared by hand: no header of any one version is
// included, so one library serves 3.8 to 3.15 (release builds with a GIL, where PyObject_HEAD is these two words).
// All functions belong to the stable ABI or have been exported unchanged by each of those versions.
#pragma once

#include <cstddef>
#include <cstdio>

extern "C" {

using Py_ssize_t = std::ptrdiff_t;
struct PyTypeObject;
struct PyThreadState;

struct PyObject {
    Py_ssize_t ob_refcnt;
    PyTypeObject* ob_type;
};

using PyCFunction = PyObject* (*)(PyObject* module, PyObject* arguments);

/// methodobject.h
struct PyMethodDef {
    const char* name;
    PyCFunction function;
    int flags;
    const char* doc;
};
constexpr int METH_VARARGS = 1;
constexpr int METH_NOARGS = 4;
constexpr int METH_O = 8;

/// moduleobject.h, PEP 489
struct PyModuleDef_Slot {
    int slot;
    void* value;
};
constexpr int Py_mod_exec = 2;

struct PyModuleDef {
    PyObject base;
    PyObject* (*init)();
    Py_ssize_t index;
    PyObject* copy;
    const char* name;
    const char* doc;
    Py_ssize_t size;
    PyMethodDef* methods;
    PyModuleDef_Slot* slots;
    void* traverse;
    void* clear;
    void* free;
};
PyObject* PyModuleDef_Init(PyModuleDef*);
int PyModule_AddObject(PyObject* module, const char* name, PyObject* stolen);

/// compile.h
struct PyCompilerFlags {
    int cf_flags;
    int cf_feature_version;
};
constexpr int Py_file_input = 257;
constexpr int PyCF_IGNORE_COOKIE = 0x0800;

PyObject* Py_CompileStringExFlags(const char* utf8, const char* file, int start, PyCompilerFlags*, int optimize);
PyObject* PyRun_FileExFlags(std::FILE*, const char* file, int start, PyObject* globals, PyObject* locals, int close,
                            PyCompilerFlags*);
PyObject* PyRun_StringFlags(const char* utf8, int start, PyObject* globals, PyObject* locals, PyCompilerFlags*);
PyObject* PyEval_EvalCode(PyObject* code, PyObject* globals, PyObject* locals);

extern PyObject _Py_NoneStruct;
extern PyObject* PyExc_KeyboardInterrupt;
extern PyObject* PyExc_OSError;
extern PyObject* PyExc_RuntimeError;
extern PyObject* PyExc_SystemExit;

void Py_IncRef(PyObject*);
void Py_DecRef(PyObject*);
int PyArg_ParseTuple(PyObject* arguments, const char* format, ...);

PyObject* PyImport_AddModule(const char* name);   // borrowed
PyObject* PyModule_GetDict(PyObject* module);     // borrowed
int PyDict_DelItemString(PyObject*, const char* key);
PyObject* PySys_GetObject(const char* name);      // borrowed
int PySys_SetObject(const char* name, PyObject* value);
PyObject* PyObject_GetAttrString(PyObject*, const char*);
int PyObject_SetAttrString(PyObject*, const char*, PyObject*);
PyObject* PyObject_Call(PyObject* callable, PyObject* arguments, PyObject* keywords);
PyObject* PyObject_CallFunctionObjArgs(PyObject* callable, ...);

Py_ssize_t PyObject_Hash(PyObject*);
PyObject* PyTuple_Pack(Py_ssize_t size, ...);
PyObject* PyBool_FromLong(long);
PyObject* PyCapsule_New(void* pointer, const char* name, void (*destructor)(PyObject*));
void* PyCapsule_GetPointer(PyObject*, const char* name);
PyObject* PyUnicode_DecodeUTF8(const char*, Py_ssize_t, const char* errors);
PyObject* PyUnicode_DecodeFSDefault(const char*);
PyObject* PyLong_FromLong(long);
PyObject* PyLong_FromUnsignedLongLong(unsigned long long);
long PyLong_AsLong(PyObject*);
PyObject* PyBytes_FromStringAndSize(const char*, Py_ssize_t);
int PyBytes_AsStringAndSize(PyObject*, char** text, Py_ssize_t* size);
PyObject* PyList_New(Py_ssize_t size);
Py_ssize_t PyList_Size(PyObject*);
int PyList_SetItem(PyObject*, Py_ssize_t, PyObject* stolen);
PyObject* PyList_GetItem(PyObject*, Py_ssize_t);  // borrowed

PyObject* PyErr_Occurred();
int PyErr_ExceptionMatches(PyObject* type);
int PyErr_GivenExceptionMatches(PyObject* given, PyObject* type);
int PyErr_CheckSignals();
void PyErr_Clear();
void PyErr_Display(PyObject* type, PyObject* value, PyObject* traceback);
void PyErr_Fetch(PyObject** type, PyObject** value, PyObject** traceback);
PyObject* PyErr_NewException(const char* name, PyObject* base, PyObject* dict);
PyObject* PyErr_NoMemory();
void PyErr_NormalizeException(PyObject** type, PyObject** value, PyObject** traceback);
void PyErr_Print();
void PyErr_Restore(PyObject* type, PyObject* value, PyObject* traceback);
PyObject* PyErr_SetFromErrnoWithFilename(PyObject* type, const char* file);
void PyErr_SetObject(PyObject* type, PyObject* value);
void PyErr_SetString(PyObject* type, const char* message);

PyThreadState* PyThreadState_Get();
PyThreadState* PyEval_SaveThread();
void PyEval_RestoreThread(PyThreadState*);
int Py_GetRecursionLimit();

// Private, but exported since 3.7; null where a version took it away.
const char* _PyMem_GetCurrentAllocatorName() __attribute__((weak));

}  // extern "C"

namespace alloclens::module {

/// A new reference to None.
inline PyObject* none() {
    Py_IncRef(&_Py_NoneStruct);
    return &_Py_NoneStruct;
}

inline bool is_none(const PyObject* object) { return object == &_Py_NoneStruct; }

/// Owns one reference; may be empty.
class Reference {
  public:
    Reference() = default;
    explicit Reference(PyObject* owned) : object_(owned) {}
    Reference(Reference&& other) noexcept : object_(other.release()) {}
    Reference(const Reference&) = delete;
    Reference& operator=(const Reference&) = delete;
    Reference& operator=(Reference&&) = delete;
    ~Reference() {
        if (object_) Py_DecRef(object_);
    }

    PyObject* get() const { return object_; }
    PyObject** slot() { return &object_; }
    explicit operator bool() const { return object_ != nullptr; }
    PyObject* release() {
        PyObject* object = object_;
        object_ = nullptr;
        return object;
    }

  private:
    PyObject* object_ = nullptr;
};

}  // namespace alloclens::module
