#include "client/connect_state.h"

#include <algorithm>

#include "connection/connection.h"

namespace midge {
namespace {

constexpr int client_protocol_max = 1;
constexpr int info_protocol = 1;

}  // namespace

ConnectOptions ConnectState::so_far(const std::string& name) const {
    ConnectOptions connect;
    if (!profile) return connect;
    if (profile->given) static_cast<ConnectCredentials&>(connect) = *profile->given;
    connect.verbose = verbose;
    connect.pedantic = pedantic;
    connect.echo = echo;
    connect.headers = headers;
    connect.no_responders = no_responders;
    connect.protocol = protocol;
    connect.name = name;
    connect.lang = profile->lang;
    connect.version = profile->version;
    return connect;
}

void ConnectState::keep(const ConnectOptions& connect, bool header_support, bool by_jwt) {
    verbose = connect.verbose;
    pedantic = connect.pedantic;
    echo = connect.echo;
    headers = connect.headers && header_support;
    no_responders = connect.no_responders;
    protocol = static_cast<int>(
        std::clamp<int64_t>(connect.protocol, -1, int64_t{client_protocol_max} + 1));
    profile = std::make_unique<ClientProfile>(connect, by_jwt);
}

std::optional<ConnectState::Refusal> ConnectState::refusal() const {
    if (protocol < 0 || protocol > client_protocol_max)
        return Refusal{WireError::invalid_client_protocol,
                       CloseReason::bad_client_protocol_version};
    if (no_responders && !headers)
        return Refusal{WireError::no_responders_requires_headers,
                       CloseReason::no_responders_requires_headers};
    return std::nullopt;
}

bool ConnectState::takes_infos() const noexcept {
    return protocol >= info_protocol;
}

void send_wanted_ok(Connection& connection) {
    connection.trace_out("OK");
    connection.send("+OK\r\n");
}

}  // namespace midge
