#include "unwind_rule.hpp"

#include <cstring>

namespace alloclens::tracker {
namespace {

// DWARF's names for the pieces of .eh_frame (DWARF 5, 6.4; Linux Standard Base, 10.6).
enum Encoding : std::uint8_t {
    kAbsolute = 0x00, kUleb = 0x01, kU16 = 0x02, kU32 = 0x03, kU64 = 0x04, kSleb = 0x09, kS16 = 0x0a, kS32 = 0x0b, kS64 = 0x0c,
    kPcRelative = 0x10, kDataRelative = 0x30, kIndirect = 0x80, kOmitted = 0xff,
};
constexpr std::uint64_t kRbp = 6, kRsp = 7, kReturnAddress = 16;  // registers, System V ABI, AMD64 supplement
constexpr std::uint8_t kDeref = 0x06, kBreg = 0x70;               // operations of expressions

/// Reads inside one object. Past its end, or past a limit, everything is zero and `ok` is false.
class Cursor {
  public:
    Cursor(std::uintptr_t at, std::uintptr_t end) : at_(at), end_(end) {}

    bool ok() const { return ok_; }
    bool more() const { return ok_ && at_ < end_; }
    std::uintptr_t at() const { return at_; }
    Cursor until(std::uintptr_t end) const { return {at_, end < end_ ? end : end_}; }
    void skip(std::uint64_t bytes) {
        if (bytes > end_ - at_) return stop();
        at_ += bytes;
    }

    template <class T>
    T take() {
        T value{};
        if (!ok_ || end_ - at_ < sizeof value) return stop(), value;
        std::memcpy(&value, reinterpret_cast<const void*>(at_), sizeof value);
        at_ += sizeof value;
        return value;
    }

    std::uint64_t uleb() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const auto byte = take<std::uint8_t>();
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if (!(byte & 0x80)) return value;
        }
        return stop(), 0;
    }

    std::int64_t sleb() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64;) {
            const auto byte = take<std::uint8_t>();
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            shift += 7;
            if (byte & 0x80) continue;
            if ((byte & 0x40) && shift < 64) value |= ~0ull << shift;
            return static_cast<std::int64_t>(value);
        }
        return stop(), 0;
    }

    /// A pointer as `encoding` has it; `data` is what data-relative ones count from.
    std::uintptr_t pointer(std::uint8_t encoding, std::uintptr_t data = 0) {
        const std::uintptr_t place = at_;
        std::uintptr_t value = 0;
        switch (encoding & 0x0f) {
            case kAbsolute: case kU64: case kS64: value = take<std::uint64_t>(); break;
            case kUleb: value = uleb(); break;
            case kSleb: value = static_cast<std::uintptr_t>(sleb()); break;
            case kU16: value = take<std::uint16_t>(); break;
            case kS16: value = static_cast<std::uintptr_t>(static_cast<std::intptr_t>(take<std::int16_t>())); break;
            case kU32: value = take<std::uint32_t>(); break;
            case kS32: value = static_cast<std::uintptr_t>(static_cast<std::intptr_t>(take<std::int32_t>())); break;
            default: stop();
        }
        switch (encoding & 0x70) {
            case 0: break;
            case kPcRelative: value += place; break;
            case kDataRelative: value += data; break;
            default: stop();
        }
        if (encoding & kIndirect) stop();  // of language data only
        return value;
    }

  private:
    void stop() {
        ok_ = false;
        at_ = end_;
    }
    std::uintptr_t at_, end_;
    bool ok_ = true;
};

/// What the entries of several functions have in common.
struct Common {
    std::uint64_t code_factor = 1;
    std::int64_t data_factor = 1;
    std::uint8_t pointers = kAbsolute;
    bool has_data = false;
    bool signal_frame = false;
    bool ok = false;
    Cursor program{0, 0};
};

/// The length of an entry, and a cursor over what follows it.
Cursor entry_at(const UnwindTable& table, std::uintptr_t at) {
    if (at < table.begin || at >= table.end) return {0, 0};
    Cursor cursor(at, table.end);
    std::uint64_t length = cursor.take<std::uint32_t>();
    if (length == 0xffffffff) length = cursor.take<std::uint64_t>();
    return length <= table.end - cursor.at() ? cursor.until(cursor.at() + length) : Cursor(0, 0);
}

Common read_common(const UnwindTable& table, std::uintptr_t at) {
    Common common;
    Cursor in = entry_at(table, at);
    if (in.take<std::uint32_t>() != 0) return common;  // a function's, not a common one
    const auto version = in.take<std::uint8_t>();
    const std::uintptr_t augmentation = in.at();
    while (in.ok() && in.take<char>() != 0) {}
    common.code_factor = in.uleb();
    common.data_factor = in.sleb();
    const std::uint64_t return_register = version == 1 ? in.take<std::uint8_t>() : in.uleb();
    if (!in.ok() || return_register != kReturnAddress) return common;
    const auto* letter = reinterpret_cast<const char*>(augmentation);
    if (*letter == 'z') {
        common.has_data = true;
        const std::uint64_t size = in.uleb();
        Cursor data = in;
        in.skip(size);
        while (*++letter) {
            if (*letter == 'R') common.pointers = data.take<std::uint8_t>();
            else if (*letter == 'P') { const auto kind = data.take<std::uint8_t>(); data.pointer(kind & 0x7f); }
            else if (*letter == 'L') data.take<std::uint8_t>();
            else if (*letter == 'S') common.signal_frame = true;
            else break;
        }
    } else if (*letter) {
        return common;
    }
    common.program = in;
    common.ok = in.ok();
    return common;
}

/// Where a register's value is to be found.
struct Saved {
    enum Kind : std::uint8_t { same, at_cfa, at_slot, lost } kind = same;
    std::int64_t offset = 0;  ///< at_cfa
    Slot slot;                ///< at_slot
};

/// One row of the table that a program of call frame instructions describes.
struct Row {
    std::uint64_t cfa_register = kRsp;
    std::int64_t cfa_offset = 0;
    bool cfa_is_expression = false, cfa_is_loaded = false;
    Slot cfa;  ///< of the expression
    Saved base_pointer, return_address;
};

/// The expressions that compilers and the C library write: a register and an offset, and for a frame's address its
/// contents. Slot::none for all others.
Slot read_expression(Cursor in, bool& loaded) {
    Slot slot;
    const auto operation = in.take<std::uint8_t>();
    const std::int64_t offset = in.sleb();
    loaded = in.more() && in.take<std::uint8_t>() == kDeref;
    if (!in.ok() || in.more() || offset != static_cast<std::int32_t>(offset)) return slot;
    if (operation == kBreg + kRbp) slot.base = Slot::base_pointer;
    if (operation == kBreg + kRsp) slot.base = Slot::stack_pointer;
    slot.offset = static_cast<std::int32_t>(offset);
    return slot;
}

/// Executes call frame instructions up to the row of one address.
class Program {
  public:
    Program(const Common& common, std::uintptr_t function, std::uintptr_t address)
        : common_(common), place_(function), address_(address) {}

    bool run(const Cursor& program) {
        for (Cursor in = program; in.more();) {
            if (!step(in)) return !failed_;
        }
        return !failed_;
    }

    /// What the common program left is what `restore` goes back to.
    void begin_function() { initial_ = row_; }
    const Row& row() const { return row_; }

  private:
    static constexpr unsigned kRemembered = 8;

    bool fail() {
        failed_ = true;
        return false;
    }

    /// False when the row of the address is complete, or nothing can be made of the instruction.
    bool advance(std::uint64_t units) {
        place_ += units * common_.code_factor;
        return place_ <= address_;
    }

    Saved* saved(std::uint64_t number, Row& row) {
        return number == kRbp ? &row.base_pointer : number == kReturnAddress ? &row.return_address : nullptr;
    }

    void offset(std::uint64_t number, std::int64_t factored) {
        if (Saved* const place = saved(number, row_)) *place = {Saved::at_cfa, factored * common_.data_factor, {}};
    }

    void set(std::uint64_t number, Saved::Kind kind) {
        if (Saved* const place = saved(number, row_)) *place = {kind, 0, {}};
    }

    void restore(std::uint64_t number) {
        if (Saved* const place = saved(number, row_)) *place = *saved(number, initial_);
    }

    bool step(Cursor& in) {
        const auto code = in.take<std::uint8_t>();
        const std::uint64_t low = code & 0x3f;
        switch (code & 0xc0) {
            case 0x40: return advance(low);
            case 0x80: offset(low, static_cast<std::int64_t>(in.uleb())); return true;
            case 0xc0: restore(low); return true;
            default: break;
        }
        switch (code) {
            case 0x00: return true;                                                                   // nop
            case 0x01: place_ = in.pointer(common_.pointers); return place_ <= address_;              // set_loc
            case 0x02: return advance(in.take<std::uint8_t>());
            case 0x03: return advance(in.take<std::uint16_t>());
            case 0x04: return advance(in.take<std::uint32_t>());
            case 0x05: { const auto number = in.uleb(); offset(number, static_cast<std::int64_t>(in.uleb())); return true; }
            case 0x06: restore(in.uleb()); return true;
            case 0x07: set(in.uleb(), Saved::lost); return true;                                      // undefined
            case 0x08: set(in.uleb(), Saved::same); return true;                                      // same_value
            case 0x09: set(in.uleb(), Saved::lost); in.uleb(); return true;                           // in a register
            case 0x0a: if (depth_ == kRemembered) return fail(); remembered_[depth_++] = row_; return true;
            case 0x0b: if (depth_ == 0) return fail(); row_ = remembered_[--depth_]; return true;
            case 0x0c: row_.cfa_register = in.uleb(); set_cfa_offset(static_cast<std::int64_t>(in.uleb())); return true;
            case 0x0d: row_.cfa_register = in.uleb(); row_.cfa_is_expression = false; return true;
            case 0x0e: set_cfa_offset(static_cast<std::int64_t>(in.uleb())); return true;
            case 0x0f: row_.cfa = read_expression(block(in), row_.cfa_is_loaded); row_.cfa_is_expression = true; return true;
            case 0x10: expression(in); return true;
            case 0x11: { const auto number = in.uleb(); offset(number, in.sleb()); return true; }
            case 0x12: row_.cfa_register = in.uleb(); set_cfa_offset(in.sleb() * common_.data_factor); return true;
            case 0x13: set_cfa_offset(in.sleb() * common_.data_factor); return true;
            case 0x14: set(in.uleb(), Saved::lost); in.uleb(); return true;                           // val_offset
            case 0x15: set(in.uleb(), Saved::lost); in.sleb(); return true;
            case 0x16: set(in.uleb(), Saved::lost); block(in); return true;                           // val_expression
            case 0x2e: in.uleb(); return true;                                                        // GNU_args_size
            default: return fail();
        }
    }

    void set_cfa_offset(std::int64_t value) {
        row_.cfa_offset = value;
        row_.cfa_is_expression = false;
    }

    static Cursor block(Cursor& in) {
        const std::uint64_t size = in.uleb();
        const std::uintptr_t begin = in.at();
        const Cursor whole = in;
        in.skip(size);
        return in.ok() ? whole.until(begin + size) : Cursor(0, 0);
    }

    void expression(Cursor& in) {
        const std::uint64_t number = in.uleb();
        bool loaded = false;
        const Slot slot = read_expression(block(in), loaded);
        if (Saved* const place = saved(number, row_)) {
            *place = {slot.base == Slot::none || loaded ? Saved::lost : Saved::at_slot, 0, slot};
        }
    }

    const Common& common_;
    std::uintptr_t place_;
    const std::uintptr_t address_;
    Row row_, initial_, remembered_[kRemembered];
    unsigned depth_ = 0;
    bool failed_ = false;
};

bool to_slot(const Saved& saved, Slot& slot) {
    if (saved.kind == Saved::at_slot) return slot = saved.slot, true;
    slot = {static_cast<std::int32_t>(saved.offset), Slot::cfa};
    return saved.kind == Saved::at_cfa && saved.offset == slot.offset;
}

UnwindRule rule_of(const Row& row, bool signal_frame) {
    UnwindRule rule;
    if (row.return_address.kind == Saved::lost) return rule.kind = UnwindRule::outermost, rule;
    if (row.cfa_is_expression) {
        rule.cfa = row.cfa;
        rule.cfa_is_loaded = row.cfa_is_loaded;
    } else if (row.cfa_offset == static_cast<std::int32_t>(row.cfa_offset)) {
        rule.cfa.offset = static_cast<std::int32_t>(row.cfa_offset);
        rule.cfa.base = row.cfa_register == kRsp ? Slot::stack_pointer : row.cfa_register == kRbp ? Slot::base_pointer : Slot::none;
    }
    if (rule.cfa.base == Slot::none || !to_slot(row.return_address, rule.return_address)) return rule;
    if (row.base_pointer.kind != Saved::same && !to_slot(row.base_pointer, rule.base_pointer)) return rule;
    rule.kind = signal_frame ? UnwindRule::signal : UnwindRule::call;
    return rule;
}

/// The entry of the last function that begins at or before `address`, by the object's sorted index; 0: none.
std::uintptr_t find_entry(const UnwindTable& table, std::uintptr_t address) {
    if (table.index < table.begin || table.index >= table.end) return 0;
    Cursor in(table.index, table.end);
    if (in.take<std::uint8_t>() != 1) return 0;
    const auto frame_encoding = in.take<std::uint8_t>();
    const auto count_encoding = in.take<std::uint8_t>();
    const auto table_encoding = in.take<std::uint8_t>();
    in.pointer(frame_encoding, table.index);
    if (count_encoding == kOmitted || table_encoding != (kDataRelative | kS32)) return 0;  // what every linker writes
    const std::uint64_t count = in.pointer(count_encoding, table.index);
    struct Entry {
        std::int32_t function, entry;
    };
    if (!in.ok() || count == 0 || count > (table.end - in.at()) / sizeof(Entry)) return 0;
    const auto entry = [entries = in.at()](std::uint64_t number) {
        Entry found;
        std::memcpy(&found, reinterpret_cast<const void*>(entries + number * sizeof found), sizeof found);
        return found;
    };
    const auto wanted = static_cast<std::int64_t>(address - table.index);
    std::uint64_t low = 0, high = count;  // the last entry ≤ wanted lies in [low, high)
    while (high - low > 1) {
        const std::uint64_t middle = low + (high - low) / 2;
        (entry(middle).function <= wanted ? low : high) = middle;
    }
    const Entry last = entry(low);
    return last.function <= wanted ? table.index + static_cast<std::uintptr_t>(static_cast<std::intptr_t>(last.entry)) : 0;
}

}  // namespace

FoundRule find_unwind_rule(const UnwindTable& table, std::uintptr_t address) {
    const std::uintptr_t entry = find_entry(table, address);
    if (entry == 0) return {};
    Cursor in = entry_at(table, entry);
    const std::uintptr_t link = in.at();
    const auto distance = in.take<std::uint32_t>();
    if (!in.ok() || distance == 0) return {};
    const Common common = read_common(table, link - distance);
    if (!common.ok) return {};
    const std::uintptr_t function = in.pointer(common.pointers);
    const std::uintptr_t length = in.pointer(common.pointers & 0x0f);
    if (common.has_data) in.skip(in.uleb());
    if (!in.ok() || address - function >= length) return {};
    Program program(common, function, address);
    if (!program.run(common.program)) return {};
    program.begin_function();
    if (!program.run(in)) return {};
    return {rule_of(program.row(), common.signal_frame), function};
}

}  // namespace alloclens::tracker
