#include "service_options.h"

#include "auth/jwt.h"
#include "base/json_writer.h"
#include "credential_checks.h"

namespace midge {
namespace {

// Returns the account server that the only operator names, or an empty text.
Result<std::string> operators_account_server(const Options& options) {
    if (options.operator_jwts.size() != 1) return std::string();
    auto claims = decode_operator(options.operator_jwts.front());
    if (!claims) return pass(claims);
    return claims->account_server_url;
}

ResolverOptions account_server_resolver(const std::string& url) {
    ResolverOptions resolver;
    resolver.plugin = "resolver-url";
    resolver.where = "operator JWT";
    JsonWriter json;
    json.begin_object().field("url", url + "/accounts/");
    json.field("timeout_ms", static_cast<int64_t>(resolver.timeout.count()));
    resolver.config_json = json.end_object().take();
    return resolver;
}

}  // namespace

Result<LoadedOptions> read_service_options(const CommandLine& line) {
    LoadedOptions loaded;
    if (!line.config_file.empty()) {
        auto read = load_options(line.config_file, system_config_sources(), credential_checks());
        if (!read) return read;
        loaded = std::move(*read);
    }
    line.flags.apply(loaded.options);
    if (auto applied = line.flags.apply_tls(loaded.options); !applied) return pass(applied);
    Options& options = loaded.options;
    // A client that needed the time for a handshake gets more time to log in.
    if (options.tls && !options.authorization.timeout_given)
        options.authorization.timeout = options.tls->timeout + std::chrono::seconds(1);
    return loaded;
}

Result<Options> complete_options(LoadedOptions loaded) {
    Options& options = loaded.options;
    if (options.resolvers.empty()) {
        const auto server = operators_account_server(options);
        if (!server) return fail(server.error().code, server.error().text);
        if (!server->empty()) options.resolvers.push_back(account_server_resolver(*server));
    }
    if (auto checked = check_options(options, credential_checks(), loaded.places); !checked)
        return pass(checked);
    return std::move(options);
}

}  // namespace midge
