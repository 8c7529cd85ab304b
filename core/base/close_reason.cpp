#include "base/close_reason.h"

#include <array>

namespace midge {
namespace {

constexpr std::array<std::string_view, close_reason_count> reason_texts = {
    "Client Closed",
    "Authentication Timeout",
    "Authentication Failure",
    "TLS Handshake Failure",
    "Slow Consumer (Pending Bytes)",
    "Slow Consumer (Write Deadline)",
    "Write Error",
    "Read Error",
    "Parse Error",
    "Stale Connection",
    "Protocol Violation",
    "Bad Client Protocol Version",
    "Maximum Connections Exceeded",
    "Maximum Account Connections Exceeded",
    "Maximum Message Payload Exceeded",
    "Maximum Control Line Exceeded",
    "Maximum Subscriptions Exceeded",
    "Server Shutdown",
    "Authentication Expired",
    "Missing Account",
    "Credentials Revoked",
    "Message Header Violation",
    "No Responders Requires Headers",
    "Kicked",
    "Proxy Not Trusted",
    "Proxy Required",
};
static_assert(!reason_texts.back().empty());

}  // namespace

std::string_view reason_text(CloseReason reason) noexcept {
    return reason_texts[static_cast<size_t>(reason)];
}

}  // namespace midge
