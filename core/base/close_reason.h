#pragma once
// The reason why a connection ended: `reason` in DISCONNECT advisories and in connz
// (docs/protocol/system-events.md, Close reasons).
#include <cstddef>
#include <string_view>

namespace midge {

enum class CloseReason {
    client_closed,
    authentication_timeout,
    authentication_failure,
    tls_handshake_failure,
    slow_consumer_pending_bytes,
    slow_consumer_write_deadline,
    write_error,
    read_error,
    parse_error,
    stale_connection,
    protocol_violation,
    bad_client_protocol_version,
    maximum_connections_exceeded,
    maximum_account_connections_exceeded,
    maximum_payload_exceeded,
    maximum_control_line_exceeded,
    maximum_subscriptions_exceeded,
    server_shutdown,
    authentication_expired,
    missing_account,
    credentials_revoked,
    message_header_violation,
    no_responders_requires_headers,
    kicked,
    proxy_not_trusted,
    proxy_required,
};
inline constexpr size_t close_reason_count = static_cast<size_t>(CloseReason::proxy_required) + 1;

[[nodiscard]] std::string_view reason_text(CloseReason reason) noexcept;

}  // namespace midge
