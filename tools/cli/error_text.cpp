#include "error_text.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"

namespace midge::cli {
namespace {

struct StatusText {
    natsStatus status;
    Errc code;
    const char* text;
};
constexpr std::array status_texts{
    StatusText{NATS_NO_SERVER, Errc::unavailable, "nats: no servers available for connection"},
    StatusText{NATS_CONNECTION_AUTH_FAILED, Errc::denied, "nats: authorization violation"},
    StatusText{NATS_CONNECTION_CLOSED, Errc::unavailable, "nats: connection closed"},
    StatusText{NATS_CONNECTION_DISCONNECTED, Errc::unavailable, "nats: server is disconnected"},
    StatusText{NATS_DRAINING, Errc::failed, "nats: connection draining"},
    StatusText{NATS_TIMEOUT, Errc::timeout, "nats: timeout"},
    StatusText{NATS_NO_RESPONDERS, Errc::unavailable, "nats: no responders available for request"},
    StatusText{NATS_MAX_PAYLOAD, Errc::invalid, "nats: maximum payload exceeded"},
    StatusText{NATS_INVALID_SUBJECT, Errc::invalid, "nats: invalid subject"},
    StatusText{NATS_INVALID_QUEUE_NAME, Errc::invalid, "nats: invalid queue name"},
    StatusText{NATS_SLOW_CONSUMER, Errc::failed, "nats: slow consumer, messages dropped"},
    StatusText{NATS_STALE_CONNECTION, Errc::unavailable, "nats: stale connection"},
    StatusText{NATS_SECURE_CONNECTION_REQUIRED, Errc::failed, "nats: secure connection required"},
    StatusText{NATS_SECURE_CONNECTION_WANTED, Errc::failed,
               "nats: secure connection not available"},
    StatusText{NATS_NO_SERVER_SUPPORT, Errc::unsupported,
               "nats: headers not supported by this server"},
};

struct ServerText {
    std::string_view prefix;  // beginning of the -ERR text in lower case
    const char* text;
};
constexpr std::array server_texts{
    ServerText{"authorization violation", "nats: authorization violation"},
    ServerText{"user authentication expired", "nats: authentication expired"},
    ServerText{"user authentication revoked", "nats: authentication revoked"},
    ServerText{"account authentication expired", "nats: account authentication expired"},
    ServerText{"maximum connections exceeded", "nats: server maximum connections exceeded"},
    ServerText{"maximum account active connections exceeded",
               "nats: maximum account active connections exceeded"},
    ServerText{"maximum subscriptions exceeded", "nats: server maximum subscriptions exceeded"},
    ServerText{"stale connection", "nats: stale connection"},
};

}  // namespace

std::string server_error_text(std::string_view error) {
    const std::string lower = to_lower_ascii(error);
    if (lower.starts_with("permissions violation")) {
        return fmt::format("nats: permissions violation: {}", error);
    }
    for (const ServerText& row : server_texts) {
        if (lower.starts_with(row.prefix)) return row.text;
    }
    return fmt::format("nats: {}", error);
}

std::string status_text(natsStatus status, std::string_view detail) {
    const bool servers_words = status == NATS_ERR || status == NATS_NOT_PERMITTED ||
                               status == NATS_CONNECTION_AUTH_FAILED ||
                               status == NATS_PROTOCOL_ERROR;
    if (servers_words && !detail.empty()) return server_error_text(detail);
    for (const StatusText& row : status_texts) {
        if (row.status == status) return row.text;
    }
    const std::string text = fmt::format("nats: {}", to_lower_ascii(natsStatus_GetText(status)));
    return detail.empty() ? text : fmt::format("{}: {}", text, detail);
}

std::string call_detail() {
    natsStatus status = NATS_OK;
    const char* text = nats_GetLastError(&status);
    if (text == nullptr) return {};
    // Texts begin with a position in libnats: "(conn.c:1905): Authorization Violation".
    std::string_view detail = text;
    const size_t place_end = detail.find("): ");
    if (detail.starts_with('(') && place_end != std::string_view::npos) {
        detail.remove_prefix(place_end + 3);
    }
    return std::string(detail);
}

Error status_error(natsStatus status, std::string_view detail) {
    Errc code = status == NATS_NOT_PERMITTED ? Errc::denied : Errc::failed;
    for (const StatusText& row : status_texts) {
        if (row.status == status) code = row.code;
    }
    return Error{code, status_text(status, detail)};
}

}  // namespace midge::cli
