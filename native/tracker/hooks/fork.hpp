// A forked child is not tracked, and leaves its parent's capture alone.
#pragma once

namespace alloclens::tracker {

/// Once a process.
void watch_forks();

}  // namespace alloclens::tracker
