#include "interposition.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "elf_object.hpp"
#include "hook_list.hpp"
#include "loader_lock.hpp"
#include "tracker/pages.hpp"
#include "tracker/this_thread.hpp"

namespace alloclens::tracker {

constinit Guard below_allocator = Guard::allocator;

namespace {

/// Ourselves, the dynamic linker, and what the kernel maps.
bool left_alone(const dl_phdr_info& info, const ElfObject& object) {
    const char* const name = info.dlpi_name ? info.dlpi_name : "";
    return !object.readable() || object.contains(hooks) || std::strstr(name, "linux-vdso") || std::strstr(name, "/ld-linux");
}

enum class Role { other, definer, allocator };

/// An object that defines malloc, but not mmap, replaces the C library's allocator: what it calls itself is no request
/// of the program. In the program's own file it can't be told from the rest; there only `Guard::allocator` keeps it apart.
Role role_of(const dl_phdr_info& info, const ElfObject& object) {
    bool allocator = false;
    for (std::size_t i = 0; i < kHooks; ++i) {
        if (!hooks[i].real || !object.contains(hooks[i].real)) continue;
        if (std::strcmp(hooks[i].name, "mmap") == 0) return Role::definer;
        allocator = true;
    }
    const bool library = info.dlpi_name && *info.dlpi_name;
    return !allocator ? Role::other : library ? Role::allocator : Role::definer;
}

/// The addresses that are looked for, and seldom another: nearly all slots and symbols hold something else, and telling
/// that by their names would take most of the time of a start.
class AddressFilter {
  public:
    template <class From>
    explicit AddressFilter(From from) {
        for (std::size_t i = 0; i < kHooks; ++i) bit_of(from(hooks[i])) = true;
    }
    bool may_be_one(const void* address) const { return bits_[place_of(address)]; }

  private:
    static std::size_t place_of(const void* address) { return reinterpret_cast<std::uintptr_t>(address) >> 4 & (kBits - 1); }
    bool& bit_of(const void* address) { return bits_[place_of(address)]; }

    static constexpr std::size_t kBits = 4096;  // functions begin at multiples of 16
    std::array<bool, kBits> bits_{};
};

/// Makes what leads to `from(hook)` lead to `to(hook)`. False when a page could not be written.
template <class From, class To>
bool redirect(const ElfObject& object, Role role, const AddressFilter& wanted, From from, To to) {
    ElfWriter writer(object);
    bool written = true;
    if (role != Role::allocator) {
        object.each_import([&](const ElfObject::Import& import) {
            if (!wanted.may_be_one(*import.slot)) return;
            const Hook* const hook = find_hook(import.name());
            // Anything else is something that the program chose, or a call that was never made: it will be looked up.
            if (hook && hook->real && *import.slot == from(*hook)) written &= writer.write(import.slot, to(*hook));
        });
    }
    if (role == Role::other) return written;
    object.each_export([&](const ElfObject::Export& found) {
        if (!wanted.may_be_one(found.address)) return;
        const Hook* const hook = find_hook(found.name);
        if (!hook || !hook->real || found.address != from(*hook)) return;
        auto* const value = reinterpret_cast<void**>(&found.symbol->st_value);
        written &= writer.write(value, reinterpret_cast<void*>(object.offset_of(to(*hook))));
    });
    return written;
}

/// Whether malloc is the C library's own.
bool is_own_allocator() {
    bool own = false;
    each_object([&](const dl_phdr_info& info) {
        const ElfObject object(info);
        if (!object.contains(find_hook("malloc")->real)) return true;
        own = object.contains(find_hook("mmap")->real);
        return false;
    });
    return own;
}

template <class From, class To>
bool redirect_all(From from, To to) {
    const KeepErrno keep;
    const AddressFilter wanted(from);
    bool written = true;
    each_object([&](const dl_phdr_info& info) {
        const ElfObject object(info);
        if (!left_alone(info, object)) written &= redirect(object, role_of(info, object), wanted, from, to);
        return true;
    });
    return written;
}

constexpr auto real = [](const Hook& hook) { return hook.real; };
constexpr auto wrapper = [](const Hook& hook) { return hook.wrapper; };

}  // namespace

bool find_real_functions() {
    each_object([&](const dl_phdr_info& info) {
        const ElfObject self(info);
        if (!self.readable() || !self.contains(hooks)) return true;
        self.each_import([&](const ElfObject::Import& import) {
            if (Hook* const hook = import.call ? find_hook(import.name()) : nullptr) hook->real = *import.slot;
        });
        return false;
    });
    bool all = true;
    for (std::size_t i = 0; i < kHooks; ++i) {
        Hook& hook = hooks[i];
        // mmap64 and _Exit are other names of functions that we import.
        if (!hook.real && i > 0 && hook.wrapper == hooks[i - 1].wrapper) hook.real = hooks[i - 1].real;
        all &= hook.real || hook.optional;
    }
    return all;
}

std::string interpose() {
    below_allocator = is_own_allocator() ? Guard::recording : Guard::allocator;
    if (redirect_all(real, wrapper)) return {};
    restore();
    return "AllocLens cannot change the import tables of this process, which something like seccomp or SELinux forbids:"
           " nothing can be tracked here.";
}

void restore() {
    // Else the hooks stay, and pass on what they are called for.
    if (may_ask_loader()) redirect_all(wrapper, real);
}

}  // namespace alloclens::tracker
