#pragma once
// The control lines of clients: operation names and argument lists.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/commands.h"

namespace midge {

// The most digits of a number in a command.
inline constexpr int size_digits_max = 9;

enum class Operation : uint8_t {
    unknown,
    pub,
    hpub,
    sub,
    unsub,
    ping,
    pong,
    connect,
    info,
    ok,
    client_error
};

struct ControlLine {
    Operation operation = Operation::unknown;
    std::string_view arguments;  // without the blanks before them and the CR
};

[[nodiscard]] constexpr bool takes_arguments(Operation operation) noexcept {
    return operation != Operation::ping && operation != Operation::pong &&
           operation != Operation::ok;
}

// Requires: `line` ends before the LF.
[[nodiscard]] ControlLine split_operation(std::string_view line) noexcept;
// Splits a line whose end has not arrived yet. Returns `unknown` as soon as it cannot become an
// operation.
[[nodiscard]] ControlLine split_partial(std::string_view start) noexcept;

// Parses arguments into a command without body. `rest` then ends with the size; it is empty if the
// line cannot be passed on as it is. Returns false if the number of arguments or a size is wrong.
[[nodiscard]] bool parse_publish(std::string_view arguments, bool has_header, PublishCommand& out,
                                 size_t& body_bytes) noexcept;
[[nodiscard]] bool parse_subscribe(std::string_view arguments, SubscribeCommand& out) noexcept;
// `max` 0: unsubscribe at once.
[[nodiscard]] bool parse_unsubscribe(std::string_view arguments, std::string_view& sid,
                                     int64_t& max) noexcept;

// Returns false if the bytes after the body have arrived and are not CR LF.
[[nodiscard]] bool body_may_end_in_crlf(const char* body, size_t available,
                                        size_t body_bytes) noexcept;

// Log texts of nats-server: processPub Bad or Missing Size: "foo"; processSub Parse Error: "foo"
[[nodiscard]] std::string publish_error(std::string_view arguments, bool has_header);
[[nodiscard]] std::string argument_error(std::string_view function, std::string_view arguments);

}  // namespace midge
