#include "connection/websocket_status.h"

namespace midge {

CloseStatus websocket_status(CloseReason reason) noexcept {
    switch (reason) {
        case CloseReason::client_closed:
            return CloseStatus::normal;
        case CloseReason::authentication_timeout:
        case CloseReason::authentication_failure:
        case CloseReason::authentication_expired:
        case CloseReason::credentials_revoked:
        case CloseReason::slow_consumer_pending_bytes:
        case CloseReason::slow_consumer_write_deadline:
        case CloseReason::maximum_account_connections_exceeded:
        case CloseReason::maximum_connections_exceeded:
        case CloseReason::maximum_control_line_exceeded:
        case CloseReason::maximum_subscriptions_exceeded:
            return CloseStatus::policy_violation;
        case CloseReason::protocol_violation:
        case CloseReason::bad_client_protocol_version:
            return CloseStatus::protocol_error;
        case CloseReason::maximum_payload_exceeded:
            return CloseStatus::message_too_big;
        case CloseReason::read_error:
        case CloseReason::write_error:
        case CloseReason::stale_connection:
        case CloseReason::server_shutdown:
            return CloseStatus::going_away;
        case CloseReason::tls_handshake_failure:
            return CloseStatus::tls_handshake;
        default:
            return CloseStatus::server_error;
    }
}

}  // namespace midge
