// An attribute that an object holds itself, in its __dict__: read where it lies. No code runs, nothing is allocated or freed,
// and no cache of the interpreter changes, as a look-up through its own functions would have it.
#pragma once

#include <cstdint>

#include "interpreter.hpp"

namespace alloclens::tracker {

class AttributeReader {
  public:
    /// Of attributes called `name`, an identifier. The GIL must be held. False when this interpreter hides what is needed.
    bool begin(const Interpreter& interpreter, const char* name);

    /// A borrowed reference, or null. The GIL must be held.
    const void* read(void* object) const;

  private:
    const void* in_values(const void* type, const void* values) const;
    const void* in_dict(void* dict) const;

    std::uint16_t version_ = 0;
    void* name_ = nullptr;  ///< interned, as attributes' names are
    std::int64_t hash_ = 0;
    void* (*get_item_)(void* dict, void* key, std::int64_t hash) = nullptr;
};

}  // namespace alloclens::tracker
