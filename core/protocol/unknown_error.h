#pragma once
// What the log says of bytes that are no command, as nats-server says it.
#include <cstdint>
#include <string>
#include <string_view>

namespace midge {

// The first byte that cannot be, and what nats-server's parser would be at then.
struct UnknownAt {
    const char* byte = nullptr;
    int state = 0;
    bool in_name = true;  // of an operation
};

// Where `command`, which begins with no operation's name, goes wrong.
[[nodiscard]] UnknownAt find_unknown(std::string_view command);
// Where what follows the body of `command`, at `body_end`, is not CR LF.
[[nodiscard]] UnknownAt find_body_end_fault(std::string_view command, const char* body_end);

// Client parser ERROR, state=0, i=0: proto='"BOGUS\\r"...'
// `input`: what the parser was given. Shows no secret of a misspelt CONNECT.
[[nodiscard]] std::string unknown_error(std::string_view input, const UnknownAt& fault);

}  // namespace midge
