#include "blocks_ahead.hpp"

#include <csignal>
#include <system_error>
#include <utility>

namespace alloclens::core {

namespace {

/// Compressed bytes from which on a thread pays for itself: some hundred thousand events.
constexpr std::uint64_t kWorthwhile = 1 << 18;

/// Signals are for the program's own threads.
class NoSignals {
  public:
    NoSignals() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_{};
};

}  // namespace

BlocksAhead::BlocksAhead(File& file, std::uint64_t bytes, Next next) : file_(file), next_(std::move(next)) {
    if (bytes < kWorthwhile || std::thread::hardware_concurrency() < 2) return;
    const NoSignals during_its_birth;
    try {
        others_ = std::make_unique<File>(file);
        thread_ = std::thread([this] { work(); });
    } catch (const std::system_error&) {
        // This process may have no more threads: then it goes without.
    }
}

BlocksAhead::~BlocksAhead() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard hold(lock_);
        stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

bool BlocksAhead::read(File& file, ReadBlock& out) {
    const auto block = next_(file);
    if (!block) return false;
    out.block = *block;
    out.unpacked = unpack(*block, out.payload);
    out.decoded = false;
    return true;
}

void BlocksAhead::work() {
    std::unique_lock hold(lock_);
    while (!stop_ && !done_) {
        if (read_ - taken_ == kAhead) {
            changed_.wait(hold);
            continue;
        }
        ReadBlock& place = ready_[read_ % kAhead];
        hold.unlock();
        bool any = false;
        std::exception_ptr error;
        try {
            any = read(*others_, place);
            place.decoded = any && place.unpacked && place.block.header.kind == format::BlockKind::events;
            if (place.decoded) place.events.decode(place.payload.data(), place.block.header.raw_size);
        } catch (...) {
            error = std::current_exception();
        }
        hold.lock();
        if (any) ++read_;
        else done_ = true;
        error_ = error;
        changed_.notify_all();
    }
}

bool BlocksAhead::take(ReadBlock& out) {
    if (!thread_.joinable()) return read(file_, out);
    std::unique_lock hold(lock_);
    changed_.wait(hold, [this] { return read_ != taken_ || done_; });
    if (read_ == taken_) {
        if (error_) std::rethrow_exception(error_);
        return false;
    }
    std::swap(out, ready_[taken_ % kAhead]);
    ++taken_;
    changed_.notify_all();
    return true;
}

}  // namespace alloclens::core
