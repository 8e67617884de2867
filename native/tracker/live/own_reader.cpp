#include "own_reader.hpp"

#include <cstring>
#include <exception>

namespace alloclens::tracker {

bool OwnReader::begin(std::uint64_t page_size) {
    end();
    if (!copy_) copy_ = Pages(format::kEventsCapacity + format::kDecoderPadding);
    if (!copy_) return false;
    try {
        state_ = std::make_unique<State>();
    } catch (const std::exception&) {
        return false;
    }
    state_->profile.set_page_size(page_size);
    return true;
}

void OwnReader::end() {
    state_.reset();
    read_ = 0;
    failed_ = false;
}

void OwnReader::read(const std::uint8_t* payload, std::size_t used) {
    if (!state_ || failed_ || used <= read_) return;
    const KeepErrno keep;
    auto* const copy = copy_.as<std::uint8_t>();
    const std::size_t size = used - read_;
    std::memcpy(copy, payload + read_, size);
    std::memset(copy + size, 0, format::kDecoderPadding);
    const std::uint8_t* at = copy;
    try {
        if (read_ == 0) {
            format::EventsPreamble preamble;
            std::memcpy(&preamble, at, sizeof preamble);
            at += sizeof preamble;
            state_->decoder.reset();
            failed_ = !state_->profile.begin_block(preamble);
        }
        if (!failed_ && state_->decoder.decode(at, copy + size).problem) failed_ = true;
    } catch (const std::exception&) {
        failed_ = true;  // no memory: an exception must not leave a hook
    }
    read_ = used;
}

}  // namespace alloclens::tracker
