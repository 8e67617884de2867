// A loaded object, as its own headers describe it (System V ABI, AMD64 supplement).
#pragma once

#include <cstddef>
#include <cstdint>

#include <link.h>

namespace alloclens::tracker {

class ElfObject {
  public:
    explicit ElfObject(const dl_phdr_info& info);

    bool readable() const { return dynamic_ && symbols_ && names_; }
    bool contains(const void* address) const;

    struct Import {
        void** slot;    ///< holds the address that a call or a pointer of this object uses
        bool call;      ///< JUMP_SLOT; else GLOB_DAT or 64
        const ElfW(Sym) * symbol;
        const char* names;
        const char* name() const { return names + symbol->st_name; }  // seldom asked for, and seldom in the cache
    };
    template <class Visit>
    void each_import(Visit visit) const {
        each_import_of(calls_, calls_count_, visit);
        each_import_of(data_, data_count_, visit);
    }

    /// What this object defines for others.
    struct Export {
        ElfW(Sym) * symbol;
        const char* name;
        void* address;
    };
    template <class Visit>
    void each_export(Visit visit) const {
        for (std::size_t i = 1; i < symbols_count_; ++i) {
            const ElfW(Sym)& symbol = symbols_[i];
            if (symbol.st_shndx == SHN_UNDEF || ELF64_ST_TYPE(symbol.st_info) != STT_FUNC) continue;
            visit(Export{const_cast<ElfW(Sym)*>(&symbol), names_ + symbol.st_name, at_offset(symbol.st_value)});
        }
    }
    /// What `st_value` must be for a symbol of this object to lie at `address`, also when that is elsewhere.
    ElfW(Addr) offset_of(const void* address) const { return reinterpret_cast<ElfW(Addr)>(address) - base_; }

    /// PROT_ flags of the page at this address.
    int protection_of(std::uintptr_t page) const;

  private:
    void read_dynamic();
    void* at_offset(ElfW(Addr) offset) const { return reinterpret_cast<void*>(base_ + offset); }

    template <class Visit>
    void each_import_of(const ElfW(Rela) * relocations, std::size_t count, Visit visit) const {
        for (std::size_t i = 0; i < count; ++i) {
            const auto type = static_cast<unsigned>(ELF64_R_TYPE(relocations[i].r_info));
            if (type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT && type != R_X86_64_64) continue;
            visit(Import{reinterpret_cast<void**>(base_ + relocations[i].r_offset), type == R_X86_64_JUMP_SLOT,
                         symbols_ + ELF64_R_SYM(relocations[i].r_info), names_});
        }
    }

    const ElfW(Phdr) * parts_;
    int parts_count_;
    std::uintptr_t base_, begin_ = UINTPTR_MAX, end_ = 0;
    std::uintptr_t relro_begin_ = 0, relro_end_ = 0;  ///< made read-only by the dynamic linker after relocation
    const ElfW(Dyn) * dynamic_ = nullptr;
    const ElfW(Sym) * symbols_ = nullptr;
    std::size_t symbols_count_ = 0;
    const char* names_ = nullptr;
    const ElfW(Rela) * calls_ = nullptr;
    std::size_t calls_count_ = 0;
    const ElfW(Rela) * data_ = nullptr;  ///< after the relative ones
    std::size_t data_count_ = 0;
};

/// Writes into an object where it is read-only, too. One page is open at a time, and closed again at the end.
class ElfWriter {
  public:
    explicit ElfWriter(const ElfObject& object) : object_(object) {}
    ~ElfWriter() { close(); }
    ElfWriter(const ElfWriter&) = delete;
    ElfWriter& operator=(const ElfWriter&) = delete;

    /// False when the kernel forbids it.
    bool write(void** slot, void* value);

  private:
    bool open(std::uintptr_t page);
    void close();

    const ElfObject& object_;
    std::uintptr_t page_ = 0;
    int protection_ = 0;  ///< as it was, when the page had to be opened
    bool opened_ = false;
};

/// Calls `visit(dl_phdr_info)` for every object of the main namespace until it returns false.
template <class Visit>
void each_object(Visit visit) {
    dl_iterate_phdr([](dl_phdr_info* info, std::size_t, void* data) { return (*static_cast<Visit*>(data))(*info) ? 0 : 1; },
                    &visit);
}

}  // namespace alloclens::tracker
