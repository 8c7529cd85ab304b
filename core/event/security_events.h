#pragma once
// Events for those who watch a server for attacks and faults (docs/protocol/system-events.md,
// Security events). Only Midge has them; docs/events has a JSON Schema for each.
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "event/events.h"

namespace midge {

enum class SecurityEventKind : uint8_t {
    login_refused,
    permission_denied,
    tls_failed,
    slow_consumer,
    limit_reached,
    user_revoked,
    address_banned,
    account_stored,
    account_deleted,
};
inline constexpr size_t security_event_kinds = 9;

// A member of an event behind the common ones. `name` is a literal.
struct EventMember {
    std::string_view name;
    std::variant<std::string, int64_t> value;
};

struct SecurityEvent {
    EventHeader header;
    SecurityEventKind kind = SecurityEventKind::login_refused;
    std::optional<ClientInfo> client;  // without its JWT
    std::vector<EventMember> members;
};

// What the bus takes.
using Event =
    std::variant<ConnectEvent, DisconnectEvent, AuthErrorEvent, AccountConnsEvent, StatszEvent,
                 ShutdownEvent, LameDuckEvent, ConfigReloadEvent, SecurityEvent>;

// "login_refused": the end of the event's type, and the name of its schema.
[[nodiscard]] std::string_view security_event_name(SecurityEventKind kind) noexcept;
// "$SYS.MIDGE.<id>.LOGIN.REFUSED".
[[nodiscard]] std::string security_event_subject(SecurityEventKind kind,
                                                 std::string_view server_id);
[[nodiscard]] std::string to_json(const SecurityEvent& event, const ServerInfo& server);

}  // namespace midge
