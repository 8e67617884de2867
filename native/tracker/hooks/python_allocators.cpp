#include "python_allocators.hpp"

#include "tracker/recorder/recorder.hpp"

namespace alloclens::tracker {
namespace {

using format::Allocator;

/// The functions that are put before one domain's. The context stays the original's: the interpreter reads the struct
/// without a lock, so a thread may meet half of it, and either half must work with the other.
template <int Domain, Allocator Malloc, Allocator Calloc, Allocator Realloc>
struct Before {
    static constinit inline PythonAllocator original{};

    static void* malloc(void* context, std::size_t size) {
        if (!recording()) {
            if (probing) [[unlikely]] reached = true;
            return original.malloc(context, size);
        }
        return recorded(size, Malloc, [=] { return original.malloc(context, size); });
    }

    static void free(void* context, void* block) {
        if (!block || !recording()) return original.free(context, block);
        record_free(block);
        this_thread.giving_back = block;
        below([=] { original.free(context, block); });
        this_thread.giving_back = nullptr;
    }

    static void* calloc(void* context, std::size_t count, std::size_t size) {
        if (!recording()) return original.calloc(context, count, size);
        return recorded(count * size, Calloc, [=] { return original.calloc(context, count, size); });
    }

    static void* realloc(void* context, void* block, std::size_t size) {
        if (!recording()) return original.realloc(context, block, size);
        if (block) record_free_for_realloc(block);
        const Admission admission(size);
        this_thread.giving_back = block;
        this_thread.moving = true;
        void* const moved = admission ? below([=] { return original.realloc(context, block, size); }) : nullptr;
        this_thread.giving_back = nullptr;
        this_thread.moving = false;
        if (moved) return record_allocation(moved, size, Realloc);
        if (block) record_realloc_failed(block);
        return nullptr;
    }

    static void hook(const Interpreter& interpreter) {
        PythonAllocator present{};
        interpreter.get_allocator(Domain, &present);
        if (leads_here(present)) return;  // since a fork, or through another's functions
        original = present;
        const PythonAllocator ours{present.context, malloc, calloc, realloc, free};
        interpreter.set_allocator(Domain, &ours);
    }

    static void unhook(const Interpreter& interpreter) {
        PythonAllocator present{};
        interpreter.get_allocator(Domain, &present);
        if (present.malloc == malloc) interpreter.set_allocator(Domain, &original);
    }

    static bool stands(const Interpreter& interpreter) {
        PythonAllocator present{};
        interpreter.get_allocator(Domain, &present);
        return leads_here(present);
    }

  private:
    // Both domains need the GIL.
    static constinit inline bool probing = false, reached = false;

    /// Another's functions may stand before ours, or have been put where ours were: only a call tells.
    static bool leads_here(const PythonAllocator& present) {
        if (present.malloc == malloc) return true;
        if (!original.malloc) return false;
        const Inside inside(Guard::python_allocator);
        probing = true;
        reached = false;
        if (void* const block = present.malloc(present.context, 1)) present.free(present.context, block);
        probing = false;
        return reached;
    }

    /// What it calls in turn is part of the one request, and counted once.
    template <class Call>
    static auto below(Call call) {
        const InsideFromOutside inside(Guard::python_allocator);
        return call();
    }

    template <class Call>
    static void* recorded(std::size_t size, Allocator allocator, Call call) {
        if (activity.refuses.load(std::memory_order_relaxed)) [[unlikely]] return admitted(size, allocator, call);
        void* const block = below(call);
        return block ? record_allocation(block, size, allocator) : nullptr;
    }

    template <class Call>
    [[gnu::noinline]] static void* admitted(std::size_t size, Allocator allocator, Call call) {
        const Admission admission(size);
        void* const block = admission ? below(call) : nullptr;
        return block ? record_allocation(block, size, allocator) : nullptr;
    }
};

// PyMemAllocatorDomain: PYMEM_DOMAIN_MEM 1, PYMEM_DOMAIN_OBJ 2
using Mem = Before<1, Allocator::pymem_malloc, Allocator::pymem_calloc, Allocator::pymem_realloc>;
using Obj = Before<2, Allocator::pyobject_malloc, Allocator::pyobject_calloc, Allocator::pyobject_realloc>;

}  // namespace

void hook_python_allocators(const Interpreter& interpreter) {
    Mem::hook(interpreter);
    Obj::hook(interpreter);
}

bool python_allocators_stand(const Interpreter& interpreter) { return Mem::stands(interpreter) && Obj::stands(interpreter); }

void unhook_python_allocators(const Interpreter& interpreter) {
    Mem::unhook(interpreter);
    Obj::unhook(interpreter);
}

}  // namespace alloclens::tracker
