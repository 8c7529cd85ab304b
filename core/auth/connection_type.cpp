#include "auth/connection_type.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"

namespace midge {
namespace {

constexpr std::array<std::string_view, 7> connection_type_texts = {
    "STANDARD", "WEBSOCKET", "LEAFNODE", "LEAFNODE_WS", "MQTT", "MQTT_WS", "IN_PROCESS",
};
static_assert(connection_type_texts.size() == static_cast<size_t>(ConnectionType::in_process) + 1);

}  // namespace

std::string_view connection_type_text(ConnectionType type) noexcept {
    return connection_type_texts[static_cast<size_t>(type)];
}

std::optional<ConnectionType> parse_connection_type(std::string_view text) noexcept {
    for (size_t i = 0; i < connection_type_texts.size(); ++i) {
        if (equals_ignore_case(connection_type_texts[i], text))
            return static_cast<ConnectionType>(i);
    }
    return std::nullopt;
}

Result<> check_connection_type(const std::vector<std::string>& allowed, ConnectionType type) {
    if (allowed.empty()) return {};
    bool any_known = false;
    for (const auto& name : allowed) {
        const auto known = parse_connection_type(name);
        if (known == type) return {};
        any_known = any_known || known.has_value();
    }
    if (!any_known) return fail(Errc::denied, "none of the allowed connection types is known");
    return fail(Errc::denied,
                fmt::format("connection type {} is not allowed", connection_type_text(type)));
}

}  // namespace midge
