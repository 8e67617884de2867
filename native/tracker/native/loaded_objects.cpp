#include "loaded_objects.hpp"

#include <algorithm>
#include <cstring>

#include <climits>
#include <link.h>
#include <unistd.h>

namespace alloclens::tracker {
namespace {

constexpr std::size_t kNames = 4 << 20;  // address space; only what is written takes memory

LoadedObject describe(const dl_phdr_info& info) {
    LoadedObject object;
    object.base = info.dlpi_addr;
    object.begin = UINTPTR_MAX;
    for (int i = 0; i < info.dlpi_phnum; ++i) {
        const ElfW(Phdr)& part = info.dlpi_phdr[i];
        const std::uintptr_t start = info.dlpi_addr + part.p_vaddr;
        if (part.p_type == PT_LOAD) {
            object.begin = std::min<std::uintptr_t>(object.begin, start);
            object.end = std::max<std::uintptr_t>(object.end, start + part.p_memsz);
        } else if (part.p_type == PT_GNU_EH_FRAME) {
            object.unwinding.index = start;
        } else if (part.p_type == PT_NOTE && object.build_id_size == 0) {
            const std::size_t step = part.p_align == 8 ? 8 : 4;
            const auto padded = [step](std::size_t size) { return (size + step - 1) & ~(step - 1); };
            for (std::size_t at = 0; at + sizeof(ElfW(Nhdr)) <= part.p_memsz;) {
                ElfW(Nhdr) note;
                std::memcpy(&note, reinterpret_cast<const void*>(start + at), sizeof note);
                const std::size_t name = at + sizeof note, content = name + padded(note.n_namesz);
                if (content + note.n_descsz > part.p_memsz) break;
                if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && note.n_descsz <= sizeof object.build_id &&
                    std::memcmp(reinterpret_cast<const void*>(start + name), "GNU", 4) == 0) {
                    object.build_id_size = static_cast<std::uint8_t>(note.n_descsz);
                    std::memcpy(object.build_id, reinterpret_cast<const void*>(start + content), note.n_descsz);
                }
                at = content + padded(note.n_descsz);
            }
        }
    }
    for (int i = 0; i < info.dlpi_phnum; ++i) {
        const ElfW(Phdr)& part = info.dlpi_phdr[i];
        const std::uintptr_t start = info.dlpi_addr + part.p_vaddr;
        const bool holds_index = object.unwinding.index >= start && object.unwinding.index < start + part.p_filesz;
        if (part.p_type == PT_LOAD && holds_index) object.unwinding = {start, start + part.p_filesz, object.unwinding.index};
    }
    return object;
}

}  // namespace

void LoadedObjects::hold(void (*work)(Change, void*), void* data) {
    struct Call {
        LoadedObjects& objects;
        void (*work)(Change, void*);
        void* data;
        Change change = Change::none;
        bool done = false, looking = false;
    };
    Call call{*this, work, data};
    // The linker holds its lock while it calls us, so the work is done inside a call: in the first of a round that finds
    // the list as it was.
    for (int round = 0; round < 4 && !call.done; ++round) {
        const std::uint32_t known = count_;
        call.looking = false;
        dl_iterate_phdr([](dl_phdr_info* info, std::size_t, void* pointer) {
            Call& now = *static_cast<Call*>(pointer);
            LoadedObjects& objects = now.objects;
            const unsigned long long changes = info->dlpi_adds + info->dlpi_subs;  // both only rise
            if (!now.looking && changes == objects.changes_) {
                now.work(now.change, now.data);
                now.done = true;
                return 1;
            }
            if (!now.looking) {
                now.looking = true;
                now.change = std::max(now.change, Change::listed);
                objects.changes_ = changes;
                for (std::uint32_t i = 1; i < objects.count_; ++i) objects[i].loaded = false;
            }
            objects.meet(*info);
            return 0;
        }, &call);
        if (find_replaced(known)) call.change = Change::replaced;
    }
}

bool LoadedObjects::find_replaced(std::uint32_t first_new) {
    bool any = false;
    for (std::uint32_t i = first_new; i < count_; ++i) {
        for (std::uint32_t j = 1; j < first_new; ++j) {
            LoadedObject& before = (*this)[j];
            const LoadedObject& now = (*this)[i];
            if (before.loaded || before.replaced || now.end <= before.begin || before.end <= now.begin) continue;
            before.replaced = any = true;
        }
    }
    return any;
}

void LoadedObjects::meet(const dl_phdr_info& info) {
    if (!objects_) objects_ = Pages(kMost * sizeof(LoadedObject));
    if (!names_) names_ = Pages(kNames);
    if (!objects_ || !names_) return;
    LoadedObject object = describe(info);
    const char* path = info.dlpi_name ? info.dlpi_name : "";
    for (std::uint32_t i = count_; i-- > 1;) {
        LoadedObject& known = (*this)[i];
        if (!known.replaced && known.base == object.base && known.end == object.end &&
            known.build_id_size == object.build_id_size &&
            std::memcmp(known.build_id, object.build_id, object.build_id_size) == 0 &&
            (i == 1 || std::strcmp(known.path, path) == 0)) {
            known.loaded = true;
            return;
        }
    }
    if (count_ == kMost) return;  // its frames are shown by their addresses
    char program[PATH_MAX];
    if (count_ == 1 && !*path) {  // the first is the program
        const ssize_t length = ::readlink("/proc/self/exe", program, sizeof program - 1);
        program[length > 0 ? length : 0] = 0;
        path = program;
    }
    object.path = keep_path(path);
    object.loaded = true;
    (*this)[count_] = object;
    ++count_;
}

const char* LoadedObjects::keep_path(const char* path) {
    const std::size_t size = std::strlen(path) + 1;
    if (size > kNames - names_used_) return "";
    char* const kept = names_.as<char>() + names_used_;
    std::memcpy(kept, path, size);
    names_used_ += size;
    return kept;
}

std::uint32_t LoadedObjects::find(std::uintptr_t address) const {
    for (std::uint32_t i = count_; i-- > 1;) {
        if ((*this)[i].loaded && (*this)[i].contains(address)) return i;
    }
    return 0;
}

}  // namespace alloclens::tracker
