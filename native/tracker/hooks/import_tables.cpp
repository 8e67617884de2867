#include "import_tables.hpp"

#include <cstdint>
#include <cstring>
#include <mutex>

#include <link.h>
#include <pthread.h>
#include <sys/mman.h>

#include "hook_list.hpp"
#include "tracker/pages.hpp"
#include "tracker/this_thread.hpp"

namespace alloclens::tracker {
namespace {

constexpr std::uintptr_t kPage = 4096;

/// A loaded object, as its own headers describe it (System V ABI, AMD64 supplement).
struct Object {
    std::uintptr_t base = 0, begin = 0, end = 0;
    std::uintptr_t relro_begin = 0, relro_end = 0;  ///< made read-only by the dynamic linker after relocation
    const ElfW(Dyn) * dynamic = nullptr;
    const ElfW(Sym) * symbols = nullptr;
    const char* names = nullptr;
    const ElfW(Rela) * calls = nullptr;  ///< JUMP_SLOT
    std::size_t calls_count = 0;
    const ElfW(Rela) * data = nullptr;  ///< GLOB_DAT and 64, after the relative ones
    std::size_t data_count = 0;

    explicit Object(const dl_phdr_info& info) : base(info.dlpi_addr) {
        begin = UINTPTR_MAX;
        for (int i = 0; i < info.dlpi_phnum; ++i) {
            const ElfW(Phdr)& part = info.dlpi_phdr[i];
            const std::uintptr_t start = base + part.p_vaddr;
            if (part.p_type == PT_DYNAMIC) dynamic = reinterpret_cast<const ElfW(Dyn)*>(start);
            if (part.p_type == PT_GNU_RELRO) {
                relro_begin = start & ~(kPage - 1);
                relro_end = (start + part.p_memsz) & ~(kPage - 1);
            }
            if (part.p_type == PT_LOAD) {
                begin = start < begin ? start : begin;
                end = start + part.p_memsz > end ? start + part.p_memsz : end;
            }
        }
        if (dynamic) read_dynamic();
    }

    bool readable() const { return dynamic && symbols && names; }
    bool contains(const void* address) const {
        const auto a = reinterpret_cast<std::uintptr_t>(address);
        return a >= begin && a < end;
    }

    template <class Visit>  // (slot, relocation type, hook)
    void each_import(Visit visit) const {
        each(calls, calls_count, visit);
        each(data, data_count, visit);
    }

  private:
    void read_dynamic() {
        std::size_t relative = 0, calls_size = 0, data_size = 0;
        // glibc has already turned these into addresses, except in objects that it did not load.
        const auto at = [this](ElfW(Addr) pointer) { return pointer < base ? base + pointer : pointer; };
        for (const ElfW(Dyn)* entry = dynamic; entry->d_tag != DT_NULL; ++entry) {
            switch (entry->d_tag) {
                case DT_SYMTAB: symbols = reinterpret_cast<const ElfW(Sym)*>(at(entry->d_un.d_ptr)); break;
                case DT_STRTAB: names = reinterpret_cast<const char*>(at(entry->d_un.d_ptr)); break;
                case DT_JMPREL: calls = reinterpret_cast<const ElfW(Rela)*>(at(entry->d_un.d_ptr)); break;
                case DT_PLTRELSZ: calls_size = entry->d_un.d_val; break;
                case DT_RELA: data = reinterpret_cast<const ElfW(Rela)*>(at(entry->d_un.d_ptr)); break;
                case DT_RELASZ: data_size = entry->d_un.d_val; break;
                case DT_RELACOUNT: relative = entry->d_un.d_val; break;
                default: break;
            }
        }
        if (calls) calls_count = calls_size / sizeof *calls;
        if (data) {
            data_count = data_size / sizeof *data - relative;
            data += relative;
        }
    }

    template <class Visit>
    void each(const ElfW(Rela) * relocations, std::size_t count, Visit visit) const {
        for (std::size_t i = 0; i < count; ++i) {
            const auto type = static_cast<unsigned>(ELF64_R_TYPE(relocations[i].r_info));
            if (type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT && type != R_X86_64_64) continue;
            if (Hook* const hook = find_hook(names + symbols[ELF64_R_SYM(relocations[i].r_info)].st_name)) {
                visit(reinterpret_cast<void**>(base + relocations[i].r_offset), type, *hook);
            }
        }
    }
};

/// Makes the read-only part of an object writable while it lives, if that is needed at all.
class Writable {
  public:
    explicit Writable(const Object& object) : object_(object) {}
    ~Writable() {
        if (opened_) protect(PROT_READ);
    }
    Writable(const Writable&) = delete;
    Writable& operator=(const Writable&) = delete;

    bool write(void** slot, void* value) {
        const auto address = reinterpret_cast<std::uintptr_t>(slot);
        if (!opened_ && address >= object_.relro_begin && address < object_.relro_end) {
            if (!protect(PROT_READ | PROT_WRITE)) return false;
            opened_ = true;
        }
        __atomic_store_n(slot, value, __ATOMIC_RELAXED);
        return true;
    }

  private:
    bool protect(int protection) {
        return ::mprotect(reinterpret_cast<void*>(object_.relro_begin), object_.relro_end - object_.relro_begin, protection) == 0;
    }
    const Object& object_;
    bool opened_ = false;
};

/// Ourselves, the dynamic linker, and what the kernel maps.
bool left_alone(const dl_phdr_info& info, const Object& object) {
    const char* const name = info.dlpi_name ? info.dlpi_name : "";
    return !object.readable() || object.contains(hooks) || std::strstr(name, "linux-vdso") || std::strstr(name, "/ld-linux");
}

void patch(const Object& object) {
    Writable writable(object);
    object.each_import([&](void** slot, unsigned type, const Hook& hook) {
        void* const present = *slot;
        // A call that was never made points to its stub inside the object. Anything else but the real function is
        // something that the program chose: its own allocator, or a pointer that it changed.
        const bool unbound = type == R_X86_64_JUMP_SLOT && object.contains(present);
        if (present == hook.real || unbound) writable.write(slot, hook.wrapper);
    });
}

void restore(const Object& object) {
    Writable writable(object);
    object.each_import([&](void** slot, unsigned, const Hook& hook) {
        if (*slot == hook.wrapper) writable.write(slot, hook.real);
    });
}

/// Which objects have been patched; an object that is loaded again at the same place is another one.
struct Known {
    std::uintptr_t base;
    const void* dynamic;
    std::uint64_t seen;  ///< number of the scan
};
struct Scan {
    std::mutex mutex;
    Pages memory;
    std::size_t count = 0;
    std::uint64_t number = 0;
    unsigned long long loaded = 0, unloaded = 0;  ///< as the dynamic linker counts

    Known* known() const { return memory.as<Known>(); }

    /// True when it was not known.
    bool meet(const Object& object) {
        for (std::size_t i = 0; i < count; ++i) {
            if (known()[i].base == object.base && known()[i].dynamic == object.dynamic) {
                known()[i].seen = number;
                return false;
            }
        }
        if ((count + 1) * sizeof(Known) > memory.size()) {
            Pages bigger(memory.size() ? memory.size() * 2 : 16 * kPage);
            if (!bigger) return true;  // patched again at the next scan, which changes nothing
            if (count) std::memcpy(bigger.as<void>(), known(), count * sizeof(Known));
            memory = std::move(bigger);
        }
        known()[count++] = {object.base, object.dynamic, number};
        return true;
    }

    void forget_unseen() {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (known()[i].seen == number) known()[kept++] = known()[i];
        }
        count = kept;
    }
};
union Undying {
    Undying() : scan() {}
    ~Undying() {}
    Scan scan;
};
Undying undying;
Scan& scan = undying.scan;

template <class Visit>
void each_object(Visit visit) {
    dl_iterate_phdr([](dl_phdr_info* info, std::size_t, void* data) { return (*static_cast<Visit*>(data))(*info) ? 0 : 1; },
                    &visit);
}

void patch_unknown() {
    const KeepErrno keep;
    const std::lock_guard hold(scan.mutex);
    bool changed = true;
    each_object([&](const dl_phdr_info& info) {
        changed = info.dlpi_adds != scan.loaded || info.dlpi_subs != scan.unloaded;
        scan.loaded = info.dlpi_adds;
        scan.unloaded = info.dlpi_subs;
        return false;
    });
    if (!changed) return;
    ++scan.number;
    each_object([](const dl_phdr_info& info) {
        const Object object(info);
        if (!left_alone(info, object) && scan.meet(object)) patch(object);
        return true;
    });
    scan.forget_unseen();
}

}  // namespace

bool find_real_functions() {
    each_object([&](const dl_phdr_info& info) {
        const Object self(info);
        if (!self.readable() || !self.contains(hooks)) return true;
        self.each_import([&](void** slot, unsigned type, Hook& hook) {
            if (type == R_X86_64_JUMP_SLOT) hook.real = *slot;
        });
        return false;
    });
    // mmap64 and _Exit are other names of functions that we import.
    for (std::size_t i = 1; i < kHooks; ++i) {
        if (!hooks[i].real && hooks[i].wrapper == hooks[i - 1].wrapper) hooks[i].real = hooks[i - 1].real;
        if (!hooks[i].real) return false;
    }
    return hooks[0].real != nullptr;
}

void patch_all_objects() {
    {
        const std::lock_guard hold(scan.mutex);
        scan.count = 0;
        scan.loaded = scan.unloaded = ~0ull;
    }
    patch_unknown();
}

void patch_new_objects() {
    const Inside inside;
    patch_unknown();
}

void restore_all_objects() {
    const KeepErrno keep;
    const std::lock_guard hold(scan.mutex);
    each_object([](const dl_phdr_info& info) {
        const Object object(info);
        if (!left_alone(info, object)) restore(object);
        return true;
    });
    scan.count = 0;
    scan.loaded = scan.unloaded = ~0ull;
}

void hold_import_tables() { scan.mutex.lock(); }
void release_import_tables() { scan.mutex.unlock(); }

}  // namespace alloclens::tracker
