#include "event/security_events.h"

#include <fmt/format.h>

#include <array>

namespace midge {
namespace {

struct Names {
    std::string_view name;
    std::string_view subject;  // behind the server's id
};
constexpr std::array<Names, security_event_kinds> names{{
    {"login_refused", "LOGIN.REFUSED"},
    {"permission_denied", "PERMISSION.DENIED"},
    {"tls_failed", "TLS.FAILED"},
    {"slow_consumer", "CLIENT.SLOW"},
    {"limit_reached", "LIMIT.REACHED"},
    {"user_revoked", "USER.REVOKED"},
    {"address_banned", "ADDRESS.BANNED"},
    {"account_stored", "ACCOUNT.STORED"},
    {"account_deleted", "ACCOUNT.DELETED"},
}};
static_assert(!names.back().name.empty());

constexpr std::string_view type_prefix = "io.midge.server.advisory.v1.";

const Names& names_of(SecurityEventKind kind) noexcept {
    return names[static_cast<size_t>(kind)];
}

}  // namespace

std::string_view security_event_name(SecurityEventKind kind) noexcept {
    return names_of(kind).name;
}

std::string security_event_subject(SecurityEventKind kind, std::string_view server_id) {
    return fmt::format("$SYS.MIDGE.{}.{}", server_id, names_of(kind).subject);
}

std::string to_json(const SecurityEvent& event, const ServerInfo& server) {
    JsonWriter out;
    out.begin_object();
    out.field("type", fmt::format("{}{}", type_prefix, names_of(event.kind).name));
    out.field("id", event.header.id);
    out.field("timestamp", rfc3339_nano(event.header.timestamp)).key("server");
    write_json(out, server);
    if (event.client) {
        out.key("client");
        write_json(out, *event.client);
    }
    for (const EventMember& member : event.members) {
        out.key(member.name);
        std::visit([&](const auto& value) { out.value(value); }, member.value);
    }
    return out.end_object().take();
}

}  // namespace midge
