#pragma once
// The table of all -ERR texts (docs/protocol/client-protocol.md, Error lines).
#include <string>
#include <string_view>

namespace midge {

enum class WireError {
    unknown_protocol_operation,
    maximum_control_line_exceeded,
    maximum_payload_violation,
    invalid_client_protocol,
    no_responders_requires_headers,
    authorization_violation,
    authentication_timeout,
    user_authentication_expired,
    account_authentication_expired,
    user_authentication_revoked,
    maximum_connections_exceeded,
    maximum_account_connections_exceeded,
    stale_connection,
    maximum_subscriptions_exceeded,
    invalid_subject,
    invalid_publish_subject,
};

[[nodiscard]] std::string_view wire_text(WireError error) noexcept;

// "-ERR '<text>'\r\n"
[[nodiscard]] std::string err_line(WireError error);

// Permission violations name the subject, quoted as Go's %q does; they never close the connection.
[[nodiscard]] std::string publish_violation_line(std::string_view subject);
[[nodiscard]] std::string reply_violation_line(std::string_view subject);
// An empty `queue` means a subscription without a queue group.
[[nodiscard]] std::string subscribe_violation_line(std::string_view subject,
                                                   std::string_view queue);
// The line for a subscription that was removed because its user's permissions changed.
[[nodiscard]] std::string subscription_removed_line(std::string_view subject,
                                                    std::string_view queue, std::string_view sid);
[[nodiscard]] std::string too_many_tokens_line(std::string_view subject);

// Quotes like Go's %q: double quotes, with \a \b \f \n \r \t \v \\ \" and \x, \u, \U escapes for
// characters that are not printable.
[[nodiscard]] std::string go_quote(std::string_view text);
// Quotes the first character of `text`, as Go's %q quotes a character: '\t', '\'', '\xff'.
[[nodiscard]] std::string go_quote_character(std::string_view text);

}  // namespace midge
