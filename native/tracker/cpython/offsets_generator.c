/* Prints one row of kLayouts (layout.hpp) from the headers of the CPython that it is compiled against.
   check_offsets.sh compiles, runs and compares it. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#if PY_VERSION_HEX < 0x030B0000
#include <frameobject.h>
#else
#include <internal/pycore_frame.h>
#endif
#if PY_VERSION_HEX >= 0x030B0000
#include <internal/pycore_dict.h>
#include <internal/pycore_object.h>
#endif
#if PY_VERSION_HEX >= 0x030E0000
#include <internal/pycore_interpframe.h>
#include <internal/pycore_interpframe_structs.h>
#endif

#define AT(type, field) (int)offsetof(type, field)
#define NONE (-1)

int main(void) {
    int cframe = NONE, owner = NONE, bytecode = NONE, generator = NONE, chunk = NONE;
#if PY_VERSION_HEX < 0x030B0000
    int thread = AT(PyThreadState, frame), previous = AT(PyFrameObject, f_back), code = AT(PyFrameObject, f_code),
        instruction = AT(PyFrameObject, f_lasti), name = AT(PyCodeObject, co_name);
    const char *kind = PY_VERSION_HEX < 0x030A0000 ? "byte_offset" : "unit_offset";
    generator = AT(PyFrameObject, f_gen);
    int locals = AT(PyFrameObject, f_localsplus);
#else
    int locals = AT(_PyInterpreterFrame, localsplus);
    int previous = AT(_PyInterpreterFrame, previous), name = AT(PyCodeObject, co_qualname);
    const char *kind = "pointer";
    bytecode = AT(PyCodeObject, co_code_adaptive);
    chunk = AT(PyThreadState, datastack_chunk);
#if PY_VERSION_HEX < 0x030D0000
    int thread = AT(PyThreadState, cframe), code = AT(_PyInterpreterFrame, f_code), instruction = AT(_PyInterpreterFrame, prev_instr);
    cframe = AT(_PyCFrame, current_frame);
#else
    int thread = AT(PyThreadState, current_frame), code = AT(_PyInterpreterFrame, f_executable),
        instruction = AT(_PyInterpreterFrame, instr_ptr);
#endif
#if PY_VERSION_HEX >= 0x030C0000
    owner = AT(_PyInterpreterFrame, owner);
#endif
#endif

#if PY_VERSION_HEX < 0x030A0000
    int lines = AT(PyCodeObject, co_lnotab);
    const char *format = "lnotab";
#else
    int lines = AT(PyCodeObject, co_linetable);
    const char *format = PY_VERSION_HEX < 0x030B0000 ? "pep626" : "locations";
#endif

    printf("0x%04x %d %d %d %d %d %d %d %s %d %d %d %d %d %d %d %d %d %d %s\n", PY_VERSION_HEX >> 16, thread, cframe,
           AT(PyThreadState, thread_id), chunk, previous, code, instruction, kind, owner, generator, locals, AT(PyCodeObject, co_filename), name, AT(PyCodeObject, co_firstlineno), lines, bytecode,
           (int)sizeof(PyASCIIObject), (int)sizeof(PyCompactUnicodeObject), format);

    /* What native/mixed_stacks.cpp needs of frames of the interpreter's loop. */
#if PY_VERSION_HEX >= 0x030A0000 && PY_VERSION_HEX < 0x030B0000
    printf("cframe %d %d\n", AT(PyThreadState, cframe), AT(CFrame, previous));
#elif PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030C0000
    printf("cframe %d %d entry %d\n", AT(PyThreadState, cframe), AT(_PyCFrame, previous), AT(_PyInterpreterFrame, is_entry));
#endif

    /* What instance_attribute.cpp needs. */
    printf("type %d %d %d", AT(PyTypeObject, tp_basicsize), AT(PyTypeObject, tp_flags), AT(PyTypeObject, tp_dictoffset));
#if PY_VERSION_HEX >= 0x030B0000
    printf(" keys %d %d %d %d entry %d values %d managed %lx", AT(PyHeapTypeObject, ht_cached_keys), AT(PyDictKeysObject, dk_log2_index_bytes),
           AT(PyDictKeysObject, dk_nentries), AT(PyDictKeysObject, dk_indices), (int)sizeof(PyDictUnicodeEntry), AT(PyDictValues, values),
           (long)Py_TPFLAGS_MANAGED_DICT);
#endif
#if PY_VERSION_HEX >= 0x030D0000
    printf(" valid %d inline %lx at %d", AT(PyDictValues, valid), (long)Py_TPFLAGS_INLINE_VALUES, (int)MANAGED_DICT_OFFSET);
#endif
    printf("\n");

    /* What layout.hpp and text.cpp take to be the same in every version. */
    PyASCIIObject text;
    unsigned bits[3];
    memset(&text, 0, sizeof text), text.state.kind = 7, memcpy(&bits[0], &text.state, 4);
    memset(&text, 0, sizeof text), text.state.compact = 1, memcpy(&bits[1], &text.state, 4);
    memset(&text, 0, sizeof text), text.state.ascii = 1, memcpy(&bits[2], &text.state, 4);
    int shim = 3, chunk_previous = 0, chunk_top = 16, chunk_data = 24, stack_top = 64;
#if PY_VERSION_HEX >= 0x030B0000
    chunk_previous = AT(_PyStackChunk, previous), chunk_top = AT(_PyStackChunk, top), chunk_data = AT(_PyStackChunk, data);
#endif
#if PY_VERSION_HEX >= 0x030E0000
    shim = FRAME_OWNED_BY_INTERPRETER;
#elif PY_VERSION_HEX >= 0x030C0000
    shim = FRAME_OWNED_BY_CSTACK;
#endif
#if PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030E0000
    stack_top = sizeof ((_PyInterpreterFrame *)0)->stacktop == 4 ? AT(_PyInterpreterFrame, stacktop) : NONE;
#endif
    printf("dealloc %d str %d %d bytes %d %d state %x %x %x shim %d chunk %d %d %d stack top %d\n", AT(PyTypeObject, tp_dealloc), AT(PyASCIIObject, length),
           AT(PyASCIIObject, state), AT(PyVarObject, ob_size), AT(PyBytesObject, ob_sval), bits[0], bits[1], bits[2], shim, chunk_previous, chunk_top, chunk_data, stack_top);
    return 0;
}
