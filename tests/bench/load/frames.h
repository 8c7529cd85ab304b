#pragma once
// Splits a byte stream into messages of one size, for cases that measure the time of each message.
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "failure.h"

namespace midge::load {

// Owned by the thread that reads the socket.
class FrameReader {
  public:
    explicit FrameReader(size_t frame_bytes) : frame_bytes_(frame_bytes), buffer_(buffer_bytes) {}

    // Reads once, and calls on_frame(bytes) for each complete message. Ignores PINGs. Throws
    // Failure if the server closes the connection or sends anything else.
    template <class OnFrame>
    void read(int fd, const OnFrame& on_frame) {
        const ssize_t got = ::recv(fd, buffer_.data() + held_, buffer_.size() - held_, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got < 0) throw system_failure("recv");
        if (got == 0) throw Failure("the server closed the connection");
        held_ += static_cast<size_t>(got);
        size_t at = 0;
        while (at < held_) {
            const char* const begin = buffer_.data() + at;
            const size_t size = *begin == 'P' ? ping_bytes : frame_bytes_;
            if (*begin != 'P' && *begin != 'M')
                throw Failure("the server sent something that is no message");
            if (held_ - at < size) break;
            if (*begin == 'M') on_frame(begin);
            at += size;
        }
        held_ -= at;
        std::memmove(buffer_.data(), buffer_.data() + at, held_);
    }

  private:
    static constexpr size_t buffer_bytes = 256 * 1024;
    static constexpr size_t ping_bytes = 6;

    size_t frame_bytes_;
    std::vector<char> buffer_;
    size_t held_ = 0;
};

}  // namespace midge::load
