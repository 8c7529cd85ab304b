#include <fmt/format.h>

#include <array>

#include "base/wire_error.h"
#include "protocol/control_line.h"
#include "protocol/info.h"
#include "protocol/json_fields.h"

namespace midge {
namespace {

// What an error shows of a line that is something else.
constexpr size_t quoted_bytes_max = 64;

}  // namespace

Result<> check_info(std::string_view json) {
    using enum JsonType;
    static constexpr std::array fields = {
        JsonField{"server_id", string},
        JsonField{"server_name", string},
        JsonField{"version", string},
        JsonField{"proto", int_64},
        JsonField{"git_commit", string},
        JsonField{"go", string},
        JsonField{"host", string},
        JsonField{"port", int_64},
        JsonField{"headers", boolean},
        JsonField{"auth_required", boolean},
        JsonField{"tls_required", boolean},
        JsonField{"tls_verify", boolean},
        JsonField{"tls_available", boolean},
        JsonField{"max_payload", int_32},
        JsonField{"jetstream", boolean},
        JsonField{"ip", string},
        JsonField{"client_id", uint_64},
        JsonField{"client_ip", string},
        JsonField{"nonce", string},
        JsonField{"cluster", string},
        JsonField{"cluster_dynamic", boolean},
        JsonField{"domain", string},
        JsonField{"connect_urls", strings},
        JsonField{"ws_connect_urls", strings},
        JsonField{"ldm", boolean},
        JsonField{"connect_info", boolean},
        JsonField{"remote_account", string},
        JsonField{"acc_is_sys", boolean},
        JsonField{"api_lvl", int_64},
        JsonField{"xkey", string},
        JsonField{"compression", string},
        // Members of routes, gateways and leaf nodes.
        JsonField{"import", permission},
        JsonField{"export", permission},
        JsonField{"lnocu", boolean},
        JsonField{"info_on_connect", boolean},
        JsonField{"route_pool_size", int_64},
        JsonField{"route_pool_idx", int_64},
        JsonField{"route_account", string},
        JsonField{"gossip_mode", uint_8},
        JsonField{"gateway", string},
        JsonField{"gateway_urls", strings},
        JsonField{"gateway_url", string},
        JsonField{"gateway_cmd", uint_8},
        JsonField{"gateway_cmd_payload", bytes},
        JsonField{"gateway_nrp", boolean},
        JsonField{"gateway_iom", boolean},
        JsonField{"leafnode_urls", strings},
    };
    return read_json_fields(json, "Info", fields);
}

Result<bool> info_asks_for_tls(std::string_view line) {
    const ControlLine first = split_operation(line);
    if (first.operation != Operation::info)
        return fail(Errc::invalid, fmt::format("expected INFO, found {}",
                                               go_quote(line.substr(0, quoted_bytes_max))));
    bool asks = false;
    const std::array fields = {JsonField{"tls_required", &asks}};
    if (auto read = read_json_fields(first.arguments, "Info", fields); !read)
        return fail(Errc::invalid, "INFO: " + read.error().text);
    return asks;
}

}  // namespace midge
