// How the dynamic linker would have read a file name, had its true caller asked.
#pragma once

namespace alloclens::tracker {

/// dlopen on behalf of the code at `caller`. A bare name is looked for in the RUNPATH (or RPATH) of the calling object
/// first, and $ORIGIN is that object's folder: dlopen takes both from whoever calls it, which is us.
void* open_for(const void* caller, const char* file, int mode);

}  // namespace alloclens::tracker
