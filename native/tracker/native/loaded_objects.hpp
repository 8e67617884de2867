// The objects that the dynamic linker has loaded, numbered for the capture. A number is never given twice: an object that
// is loaded again, even at the same place, is another one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tracker/pages.hpp"
#include "unwind_rule.hpp"

struct dl_phdr_info;

namespace alloclens::tracker {

struct LoadedObject {
    std::uintptr_t base = 0;       ///< address 0 of the file's own symbols
    std::uintptr_t begin = 0, end = 0;
    UnwindTable unwinding;
    const char* path = nullptr;    ///< absolute for the program itself, else as it was given to the dynamic linker
    std::uint8_t build_id[32] = {};
    std::uint8_t build_id_size = 0;
    bool loaded = false;
    bool replaced = false;         ///< another object lies where it was
    std::uint32_t told_in = 0;     ///< the session whose capture has it; the recorder's

    bool contains(std::uintptr_t address) const { return address >= begin && address < end; }
};

class LoadedObjects {
  public:
    static constexpr std::uint32_t kMost = 16384;

    /// Since the last look.
    enum class Change : std::uint8_t {
        none,
        listed,    ///< objects came or went
        replaced,  ///< and one has come to lie where another was that has gone
    };

    /// Calls `work` while no object can be unloaded, with the list brought up to date.
    template <class Work>  // (Change)
    void hold_still(Work work) {
        hold([](Change change, void* data) { (*static_cast<Work*>(data))(change); }, &work);
    }

    /// Number of the object at `address`, 0: none. Only in `hold_still`.
    std::uint32_t find(std::uintptr_t address) const;

    LoadedObject& operator[](std::uint32_t number) const { return objects_.as<LoadedObject>()[number]; }

  private:
    void hold(void (*work)(Change, void*), void* data);
    void meet(const dl_phdr_info& info);
    /// After a round: true when a new object lies where one was that has gone.
    bool find_replaced(std::uint32_t first_new);
    const char* keep_path(const char* path);

    Pages objects_;  ///< from 1; never moved, since the recorder reads it under another lock
    Pages names_;
    std::size_t names_used_ = 0;
    std::uint32_t count_ = 1;
    unsigned long long changes_ = ~0ull;  ///< as the dynamic linker counted them at the last look
};

}  // namespace alloclens::tracker
