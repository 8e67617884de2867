// Protocol buffers' wire format, as far as pprof needs it: https://protobuf.dev/programming-guides/encoding/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alloclens::core {

class ProtobufMessage {
  public:
    ProtobufMessage& number(unsigned field, std::uint64_t value) {
        if (value == 0) return *this;  // the default
        varint(field << 3);
        varint(value);
        return *this;
    }
    ProtobufMessage& bytes(unsigned field, std::string_view value) {
        varint(field << 3 | 2);
        varint(value.size());
        text_ += value;
        return *this;
    }
    ProtobufMessage& message(unsigned field, const ProtobufMessage& value) { return bytes(field, value.text_); }
    /// Packed.
    ProtobufMessage& numbers(unsigned field, const std::vector<std::uint64_t>& values) {
        ProtobufMessage packed;
        for (const std::uint64_t value : values) packed.varint(value);
        return message(field, packed);
    }
    const std::string& text() const { return text_; }

  private:
    void varint(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) text_ += static_cast<char>(value | 0x80);
        text_ += static_cast<char>(value);
    }

    std::string text_;
};

}  // namespace alloclens::core
