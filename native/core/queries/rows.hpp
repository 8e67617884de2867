// Tables of figures that more than one answer has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "json_writer.hpp"
#include "native_places.hpp"
#include "view.hpp"

namespace alloclens::core {

struct LineOfCode {
    std::uint32_t place;  ///< 0: memory without Python code
    Figures own, yours, with_callees;
};
/// Those with any figures, and place 0, in the order of places. With `natives`, which are resolved, native functions have
/// lines of their own: what they asked for is no longer the Python line's own.
std::vector<LineOfCode> lines_of(const View& view, const NativePlaces* natives = nullptr);
void write_line(const Places& places, const LineOfCode& line, JsonWriter& out);

/// By function.
struct FunctionSums {
    std::vector<Figures> own, with_callees;
};
FunctionSums sums_of_functions(const View& view);

struct ModuleFigures {
    std::string name;
    Origin origin;
    Figures own;  ///< of stacks whose innermost frame outside the standard library is in it
    Figures with_callees;
};
/// The packages and modules at the top, outside the standard library, most bytes with callees first.
std::vector<ModuleFigures> modules_of(const View& view, Measure measure);
void write_module(const ModuleFigures& module, JsonWriter& out);

/// `parts` has the generations of equal duration that a leak grows in.
struct Leak {
    std::uint32_t place;
    Amount unfreed;
    std::uint64_t allocated;            ///< calls, freed or not
    std::vector<std::uint64_t> growth;  ///< unfreed bytes by the part in which they were allocated
    /// Bytes without those of the part that brought most: what is made once does not grow.
    std::uint64_t grown() const;
};
/// The view is of a part with generations. What grew most comes first.
std::vector<Leak> leaks_of(const View& view);
void write_leak(const Places& places, const Leak& leak, JsonWriter& out);

// The rows of an array that is open.
void write_threads(const View& view, JsonWriter& out);
void write_allocators(const View& view, JsonWriter& out);
void write_regions(const View& view, JsonWriter& out);
/// The view is of a part that is kept by size.
void write_sizes(const View& by_size, JsonWriter& out);

}  // namespace alloclens::core
