#include "elf_object.hpp"

#include <algorithm>

#include <sys/mman.h>

namespace alloclens::tracker {
namespace {

constexpr std::uintptr_t kPage = 4096;

/// DT_GNU_HASH has no count: the last chain that a bucket begins ends behind the last symbol.
std::size_t count_symbols(const std::uint32_t* gnu_hash) {
    const std::uint32_t buckets = gnu_hash[0], first = gnu_hash[1], bloom_words = gnu_hash[2];
    const std::uint32_t* const bucket = gnu_hash + 4 + bloom_words * (sizeof(ElfW(Addr)) / sizeof(std::uint32_t));
    const std::uint32_t* const chain = bucket + buckets;
    std::uint32_t last = 0;
    for (std::uint32_t i = 0; i < buckets; ++i) last = std::max(last, bucket[i]);
    if (last < first) return first;
    while (!(chain[last - first] & 1)) ++last;
    return last + 1;
}

}  // namespace

ElfObject::ElfObject(const dl_phdr_info& info) : parts_(info.dlpi_phdr), parts_count_(info.dlpi_phnum), base_(info.dlpi_addr) {
    for (int i = 0; i < parts_count_; ++i) {
        const ElfW(Phdr)& part = parts_[i];
        const std::uintptr_t start = base_ + part.p_vaddr;
        if (part.p_type == PT_DYNAMIC) dynamic_ = reinterpret_cast<const ElfW(Dyn)*>(start);
        if (part.p_type == PT_GNU_RELRO) {
            relro_begin_ = start & ~(kPage - 1);
            relro_end_ = (start + part.p_memsz) & ~(kPage - 1);
        }
        if (part.p_type == PT_LOAD) {
            begin_ = std::min(begin_, start);
            end_ = std::max(end_, start + part.p_memsz);
        }
    }
    if (dynamic_) read_dynamic();
}

bool ElfObject::contains(const void* address) const {
    const auto a = reinterpret_cast<std::uintptr_t>(address);
    return a >= begin_ && a < end_;
}

void ElfObject::read_dynamic() {
    std::size_t relative = 0, calls_size = 0, data_size = 0;
    // glibc has already turned these into addresses, except in objects that it did not load.
    const auto at = [this](ElfW(Addr) pointer) { return pointer < base_ ? base_ + pointer : pointer; };
    for (const ElfW(Dyn)* entry = dynamic_; entry->d_tag != DT_NULL; ++entry) {
        switch (entry->d_tag) {
            case DT_SYMTAB: symbols_ = reinterpret_cast<const ElfW(Sym)*>(at(entry->d_un.d_ptr)); break;
            case DT_STRTAB: names_ = reinterpret_cast<const char*>(at(entry->d_un.d_ptr)); break;
            case DT_HASH: symbols_count_ = reinterpret_cast<const std::uint32_t*>(at(entry->d_un.d_ptr))[1]; break;
            case DT_GNU_HASH: symbols_count_ = count_symbols(reinterpret_cast<const std::uint32_t*>(at(entry->d_un.d_ptr))); break;
            case DT_JMPREL: calls_ = reinterpret_cast<const ElfW(Rela)*>(at(entry->d_un.d_ptr)); break;
            case DT_PLTRELSZ: calls_size = entry->d_un.d_val; break;
            case DT_RELA: data_ = reinterpret_cast<const ElfW(Rela)*>(at(entry->d_un.d_ptr)); break;
            case DT_RELASZ: data_size = entry->d_un.d_val; break;
            case DT_RELACOUNT: relative = entry->d_un.d_val; break;
            default: break;
        }
    }
    if (calls_) calls_count_ = calls_size / sizeof *calls_;
    if (data_) {
        data_count_ = data_size / sizeof *data_ - relative;
        data_ += relative;
    }
}

int ElfObject::protection_of(std::uintptr_t page) const {
    if (page >= relro_begin_ && page < relro_end_) return PROT_READ;
    for (int i = 0; i < parts_count_; ++i) {
        const ElfW(Phdr)& part = parts_[i];
        const std::uintptr_t start = base_ + part.p_vaddr;
        if (part.p_type != PT_LOAD || page + kPage <= start || page >= start + part.p_memsz) continue;
        return (part.p_flags & PF_R ? PROT_READ : 0) | (part.p_flags & PF_W ? PROT_WRITE : 0) | (part.p_flags & PF_X ? PROT_EXEC : 0);
    }
    return PROT_READ;
}

bool ElfWriter::write(void** slot, void* value) {
    if (!open(reinterpret_cast<std::uintptr_t>(slot) & ~(kPage - 1))) return false;
    __atomic_store_n(slot, value, __ATOMIC_RELEASE);  // other threads may look here at this moment
    return true;
}

bool ElfWriter::open(std::uintptr_t page) {
    if (page == page_) return true;
    close();
    protection_ = object_.protection_of(page);
    if (!(protection_ & PROT_WRITE)) {
        if (::mprotect(reinterpret_cast<void*>(page), kPage, protection_ | PROT_WRITE) != 0) return false;
        opened_ = true;
    }
    page_ = page;
    return true;
}

void ElfWriter::close() {
    if (opened_) ::mprotect(reinterpret_cast<void*>(page_), kPage, protection_);
    opened_ = false;
    page_ = 0;
}

}  // namespace alloclens::tracker
