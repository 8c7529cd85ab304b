#pragma once
// nats-server's log text for bytes that are not a command.
#include <cstdint>
#include <string>
#include <string_view>

namespace midge {

// The first invalid byte, and the state of nats-server's parser at that byte.
struct UnknownAt {
    const char* byte = nullptr;
    int state = 0;
    bool in_name = true;  // within an operation's name
};

// Finds the first invalid byte of `command`, which does not begin with an operation's name.
[[nodiscard]] UnknownAt find_unknown(std::string_view command);
// Finds the error after the body of `command`, which ends at `body_end` and is not followed by CR
// LF.
[[nodiscard]] UnknownAt find_body_end_fault(std::string_view command, const char* body_end);

// Client parser ERROR, state=0, i=0: proto='"BOGUS\\r"...'
// `input` is the whole input of the parser. The text contains no secret of a misspelt CONNECT.
[[nodiscard]] std::string unknown_error(std::string_view input, const UnknownAt& fault);

}  // namespace midge
