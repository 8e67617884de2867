// What the kernel says about this process's memory.
#pragma once

#include <cstdint>

namespace alloclens::tracker {

/// Pages that are resident now; 0 when that cannot be read. About 4 µs. No file is kept open for it: a program may close
/// every descriptor that it does not know and get the same number for a file of its own.
std::uint64_t resident_pages();

/// The most pages that were resident since the program was executed (VmHWM). Unlike ru_maxrss it does not count what the
/// parent had before exec. 0 when that cannot be read.
std::uint64_t peak_resident_pages();

}  // namespace alloclens::tracker
