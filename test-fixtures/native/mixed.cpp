// Native code of a program with native stacks: C++ names, inlined functions, calls back into Python, a thread of its own.
#include <pthread.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

struct PyObject;
extern "C" PyObject* PyObject_CallObject(PyObject* callable, PyObject* arguments);

// So that no call becomes a jump, and no pair of malloc and free goes.
#define KEEP(value) asm volatile("" : "+r"(value) : : "memory")

namespace shop {

class Shelf {
  public:
    template <class Thing>
    [[gnu::noinline]] void* take(std::size_t count) {
        void* things = fill(count * sizeof(Thing));
        KEEP(things);
        return things;
    }

  private:
    [[gnu::always_inline]] inline void* fill(std::size_t size) {
        void* const space = std::malloc(size);
        std::memset(space, 1, size);
        return space;
    }
};

}  // namespace shop

extern "C" {

void* take_things(std::size_t count) {
    shop::Shelf shelf;
    void* things = shelf.take<short>(count);
    KEEP(things);
    return things;
}

PyObject* call_back(PyObject* callable) {
    PyObject* result = PyObject_CallObject(callable, nullptr);
    KEEP(result);
    return result;
}

static void* work(void* count) {
    void* things = take_things(*static_cast<std::size_t*>(count));
    KEEP(things);
    return things;
}

void take_in_thread(std::size_t count) {
    pthread_t thread;
    pthread_create(&thread, nullptr, work, &count);
    pthread_join(thread, nullptr);
}

}
