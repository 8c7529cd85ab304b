#pragma once
// The usual case of a publisher: commands that differ only in size and body.
#include <cstring>

#include "protocol/control_line.h"

namespace midge {

// Remembers the last publish command of an input, so that the next one is read with one comparison.
// Contains views into the input; exists during one call of the parser.
class PublishRepeat {
  public:
    // Remembers `command`, whose line begins at `line`. If the line is not written in the usual way
    // (PublishCommand::rest), forgets the previous command instead.
    void remember(const char* line, const PublishCommand& command) noexcept {
        line_ = line;
        prefix_bytes_ =
            command.rest.empty() ? 0 : static_cast<size_t>(command.size_text.data() - line);
        command_ = command;
        command_.repeated = true;
    }
    void forget() noexcept { prefix_bytes_ = 0; }

    // Reads the line at `at` if it equals that of the last command except for the size. Returns the
    // beginning of the body, or null if the line differs or is incomplete. Afterwards command() is
    // the new command, but without its body and rest.
    [[nodiscard]] const char* read(const char* at, const char* end, size_t& body_bytes) noexcept {
        if (static_cast<size_t>(end - at) < prefix_bytes_ + size_digits_max + 2 ||
            prefix_bytes_ == 0)
            return nullptr;
        if (std::memcmp(at, line_, prefix_bytes_) != 0) return nullptr;
        const char* const digits = at + prefix_bytes_;
        const char* digit = digits;
        size_t size = 0;
        for (; *digit >= '0' && *digit <= '9'; ++digit) {
            if (digit - digits == size_digits_max) return nullptr;
            size = size * 10 + static_cast<size_t>(*digit - '0');
        }
        if (digit == digits || digit[0] != '\r' || digit[1] != '\n' || size < command_.header_bytes)
            return nullptr;
        command_.subject = {at + (command_.subject.data() - line_), command_.subject.size()};
        if (!command_.reply.empty())
            command_.reply = {at + (command_.reply.data() - line_), command_.reply.size()};
        command_.size_text = {digits, static_cast<size_t>(digit - digits)};
        line_ = at;
        body_bytes = size;
        return digit + 2;
    }
    [[nodiscard]] PublishCommand& command() noexcept { return command_; }

  private:
    const char* line_ = nullptr;
    size_t prefix_bytes_ = 0;  // size of the line up to the size field; 0: no command is remembered
    PublishCommand command_;
};

}  // namespace midge
