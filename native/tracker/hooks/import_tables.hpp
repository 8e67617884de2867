// The import tables of all loaded objects: which function a call through them reaches.
#pragma once

namespace alloclens::tracker {

/// Learns the real functions from our own import table. False when that can't be read.
bool find_real_functions();

/// Points every object's tables to the hooks; about 0.1 ms.
void patch_all_objects();
/// The objects that were loaded since.
void patch_new_objects();
/// Points them back. No record is kept of what was patched, so an object that is gone does no harm.
void restore_all_objects();

/// Around fork: no other thread may be in the middle of patching.
void hold_import_tables();
void release_import_tables();

}  // namespace alloclens::tracker
