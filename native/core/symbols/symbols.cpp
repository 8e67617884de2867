#include "symbols.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>

#include "core/code/text.hpp"
#include "protocol.hpp"

namespace alloclens::core {

namespace {

/// The helper lies beside the library, or program, that core is linked into.
std::string helper_path() {
    Dl_info info{};
    ::dladdr(reinterpret_cast<const void*>(&helper_path), &info);
    std::string path = info.dli_fname ? info.dli_fname : "";
    if (path.find('/') == std::string::npos) {  // a program that was found on PATH
        char program[4096];
        const ssize_t length = ::readlink("/proc/self/exe", program, sizeof program);
        path.assign(program, length > 0 ? static_cast<std::size_t>(length) : 0);
    }
    return path.substr(0, path.rfind('/') + 1) + "alloclens-symbols";
}

}  // namespace

/// The process and its end of the socket.
class Symbols::Helper {
  public:
    explicit Helper(const std::string& path) {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return;
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        posix_spawnattr_t attributes;
        sigset_t none;
        sigemptyset(&none);
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
        char* const arguments[] = {const_cast<char*>(path.c_str()), nullptr};
        const int error = ::posix_spawn(&process_, path.c_str(), &actions, &attributes, arguments, environ);
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
        ::close(ends[1]);
        if (error == 0) {
            socket_ = ends[0];
        } else {
            ::close(ends[0]);
        }
    }
    ~Helper() {
        if (socket_ < 0) return;
        ::close(socket_);  // it ends by itself then
        ::kill(process_, SIGKILL);
        while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {}
    }
    Helper(const Helper&) = delete;
    Helper& operator=(const Helper&) = delete;

    bool running() const { return socket_ >= 0; }

    bool send(const void* data, std::size_t size) {
        for (const auto* at = static_cast<const char*>(data); size > 0;) {
            const ssize_t put = ::send(socket_, at, size, MSG_NOSIGNAL);
            if (put < 0 && errno == EINTR) continue;
            if (put <= 0) return false;
            at += put;
            size -= static_cast<std::size_t>(put);
        }
        return true;
    }
    bool receive(void* data, std::size_t size) {
        for (auto* at = static_cast<char*>(data); size > 0;) {
            const ssize_t got = ::recv(socket_, at, size, 0);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) return false;
            at += got;
            size -= static_cast<std::size_t>(got);
        }
        return true;
    }
    bool receive(std::string& text, std::uint32_t length) {
        if (length > symbols::kMaxText) return false;
        text.resize(length);
        return receive(text.data(), length);
    }

    using Functions = std::vector<std::vector<NativeFunction>>;
    std::optional<symbols::File> ask(const std::string& path, const std::string& build_id, const std::vector<std::uint64_t>& addresses,
                                     Functions& result) {
        const symbols::Question question{static_cast<std::uint32_t>(path.size()), static_cast<std::uint32_t>(build_id.size()),
                                         static_cast<std::uint32_t>(addresses.size()), 0};
        symbols::Answer answer;
        if (!send(&question, sizeof question) || !send(path.data(), path.size()) || !send(build_id.data(), build_id.size()) ||
            !send(addresses.data(), addresses.size() * sizeof addresses[0]) || !receive(&answer, sizeof answer)) {
            return std::nullopt;
        }
        for (std::vector<NativeFunction>& functions : result) {
            symbols::PlaceAnswer place;
            if (!receive(&place, sizeof place) || place.frames > symbols::kMaxFrames) return std::nullopt;
            for (std::uint32_t i = 0; i < place.frames; ++i) {
                symbols::FrameAnswer frame;
                NativeFunction function;
                if (!receive(&frame, sizeof frame) || !receive(function.name, frame.name_length) || !receive(function.file, frame.file_length)) {
                    return std::nullopt;
                }
                function.name = repair_utf8(function.name);
                function.file = repair_utf8(function.file);
                function.line = frame.line;
                function.first_line = frame.first_line;
                functions.push_back(std::move(function));
            }
        }
        return answer.file;
    }

  private:
    pid_t process_ = 0;
    int socket_ = -1;
};

Symbols::Symbols() = default;
Symbols::~Symbols() = default;

void Symbols::note(std::string sentence) {
    if (std::find(notes_.begin(), notes_.end(), sentence) == notes_.end()) notes_.push_back(std::move(sentence));
}

std::vector<std::vector<NativeFunction>> Symbols::functions_at(const std::string& path, const std::string& build_id,
                                                               const std::vector<std::uint64_t>& addresses) {
    Helper::Functions result(addresses.size());
    if (failed_) return result;
    if (!helper_) {
        const std::string program = helper_path();
        helper_ = std::make_unique<Helper>(program);
        if (!helper_->running()) {
            failed_ = true;
            note("Native functions are shown by their addresses, since " + program + " can't be started. Install AllocLens again.");
            return result;
        }
    }
    const auto file = helper_->ask(path, build_id, addresses, result);
    if (!file) {
        helper_.reset();
        failed_ = ++broken_ == 3;
        note("The debug information of " + path + " can't be read: its functions are shown by their addresses.");
        return Helper::Functions(addresses.size());
    }
    if (*file == symbols::File::missing) note(path + " is not on this machine: its functions are shown by their addresses.");
    if (*file == symbols::File::changed) note(path + " was changed since the program ran: its functions are shown by their addresses.");
    return result;
}

}  // namespace alloclens::core
