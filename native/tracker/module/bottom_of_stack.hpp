// While it lives, the thread looks as if nothing had called the code that runs: as in a plain run.
#pragma once

#include "tracker/module/python_api.hpp"

namespace alloclens::module {

/// Takes the launcher's frames off the thread's chain and gives back the recursion depth that they used, so that
/// `sys._getframe`, `traceback.print_stack`, warnings' stack levels and the recursion limit are those of a plain run.
/// The frames stay alive and are put back afterwards. The GIL must be held.
class BottomOfStack {
  public:
    BottomOfStack();
    ~BottomOfStack();
    BottomOfStack(const BottomOfStack&) = delete;
    BottomOfStack& operator=(const BottomOfStack&) = delete;

  private:
    void** frame_ = nullptr;  // the thread state's (3.11, 3.12: the C frame's) innermost frame
    void* saved_ = nullptr;
    int* depth_ = nullptr;    // a counter that the interpreter keeps in the thread state
    int used_ = 0;            // what the launcher's frames added to it
};

/// 8 to 15: the interpreter's minor version.
int minor_version();

}  // namespace alloclens::module
