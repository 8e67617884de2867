#include "debug_file.hpp"

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace alloclens::core::symbols {

namespace {

std::string demangled(const char* name) {
    int status = 0;
    char* const text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
    std::string result = status == 0 && text ? text : name;
    std::free(text);
    return result;
}

std::string hexadecimal(const std::string& bytes) {
    std::string text;
    for (const char byte : bytes) {
        constexpr char digits[] = "0123456789abcdef";
        text += digits[static_cast<unsigned char>(byte) >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string absolute(const char* path, Dwarf_Die* unit) {
    if (!path || !*path) return {};
    Dwarf_Attribute attribute;
    const char* const folder = path[0] == '/' ? nullptr : dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
    return folder ? std::string(folder) + "/" + path : path;
}

std::string name_of(Dwarf_Die* die) {
    Dwarf_Attribute attribute;
    for (const unsigned kind : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name, DW_AT_name}) {
        const char* const name = dwarf_formstring(dwarf_attr_integrate(die, kind, &attribute));
        if (name) return demangled(name);
    }
    return {};
}

std::uint32_t number_of(Dwarf_Die* die, unsigned kind) {
    Dwarf_Attribute attribute;
    Dwarf_Word value = 0;
    return dwarf_formudata(dwarf_attr_integrate(die, kind, &attribute), &value) == 0 ? static_cast<std::uint32_t>(value) : 0;
}

/// Holds what libdw allocated with malloc.
struct Scopes {
    Dwarf_Die* dies = nullptr;
    int count = 0;
    ~Scopes() { std::free(dies); }
};

}  // namespace

struct DebugFile::Library {
    Dwfl* session = nullptr;
    Dwfl_Module* module = nullptr;

    ~Library() { close(); }
    void close() {
        if (session) dwfl_end(session);
        session = nullptr;
        module = nullptr;
    }

    /// Compilers may leave out the index of addresses; then every unit is asked.
    Dwarf_Die* unit_at(Dwarf_Addr address, Dwarf_Addr& bias) const {
        if (Dwarf_Die* const unit = dwfl_module_addrdie(module, address, &bias)) return unit;
        for (Dwarf_Die* unit = nullptr; (unit = dwfl_module_nextcu(module, unit, &bias)) != nullptr;) {
            if (dwarf_haspc(unit, address - bias) == 1) return unit;
        }
        return nullptr;
    }
};

DebugFile::DebugFile(const std::string& path, const std::string& build_id) : library_(std::make_unique<Library>()), state_(File::found) {
    if (open(path, build_id)) return;
    const File why = ::access(path.c_str(), R_OK) == 0 ? File::changed : File::missing;
    // The file is gone, but what a distribution has split off of it may be here.
    const std::string hex = hexadecimal(build_id);
    if (hex.size() > 2 && open("/usr/lib/debug/.build-id/" + hex.substr(0, 2) + "/" + hex.substr(2) + ".debug", build_id)) return;
    state_ = why;
}

DebugFile::~DebugFile() = default;

bool DebugFile::open(const std::string& path, const std::string& build_id) {
    // A capture may name anything, and opening a pipe or a device may block.
    struct stat status;
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
    static char folders[] = ":.debug:/usr/lib/debug";
    static char* debug_folders = folders;
    static const Dwfl_Callbacks callbacks{dwfl_build_id_find_elf, dwfl_standard_find_debuginfo, dwfl_offline_section_address, &debug_folders};
    library_->session = dwfl_begin(&callbacks);
    if (!library_->session) return false;
    library_->module = dwfl_report_elf(library_->session, path.c_str(), path.c_str(), -1, 0, true);
    dwfl_report_end(library_->session, nullptr, nullptr);
    if (library_->module) {
        const unsigned char* found = nullptr;
        GElf_Addr where = 0;
        Dwarf_Addr bias = 0;
        dwfl_module_getelf(library_->module, &bias);
        const int length = dwfl_module_build_id(library_->module, &found, &where);
        if (build_id.empty() || (length == static_cast<int>(build_id.size()) && std::memcmp(found, build_id.data(), build_id.size()) == 0)) return true;
    }
    library_->close();
    return false;
}

std::vector<Function> DebugFile::functions_at(std::uint64_t address) const {
    std::vector<Function> result;
    if (!library_->module) return result;
    Dwarf_Addr bias = 0;
    if (Dwarf_Die* const unit = library_->unit_at(address, bias)) {
        std::string file;
        std::uint32_t line = 0;
        if (Dwarf_Line* const found = dwarf_getsrc_die(unit, address - bias)) {
            int number = 0;
            if (dwarf_lineno(found, &number) == 0) line = static_cast<std::uint32_t>(number);
            file = absolute(dwarf_linesrc(found, nullptr, nullptr), unit);
        }
        Scopes inner, all;
        inner.count = dwarf_getscopes(unit, address - bias, &inner.dies);
        // The scopes of an inlined function are where it was written; those around it where it was inlined.
        if (inner.count > 0) all.count = dwarf_getscopes_die(&inner.dies[0], &all.dies);
        Dwarf_Files* files = nullptr;
        dwarf_getsrcfiles(unit, &files, nullptr);
        for (int i = 0; i < all.count; ++i) {
            Dwarf_Die* const die = &all.dies[i];
            const int tag = dwarf_tag(die);
            if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram) continue;
            result.push_back({name_of(die), file, line, number_of(die, DW_AT_decl_line)});
            if (tag == DW_TAG_subprogram) break;
            line = number_of(die, DW_AT_call_line);
            const std::uint32_t source = number_of(die, DW_AT_call_file);
            file = files && source ? absolute(dwarf_filesrc(files, source, nullptr, nullptr), unit) : std::string();
        }
        if (result.empty() && line) result.push_back({{}, file, line, 0});
    }
    // The table of symbols knows the name that is linked, and functions without debug information.
    if (result.empty() || result.back().name.empty()) {
        if (const char* const name = dwfl_module_addrname(library_->module, address)) {
            if (result.empty()) result.emplace_back();
            result.back().name = demangled(name);
        }
    }
    return result;
}

}  // namespace alloclens::core::symbols
