#include "account-server/account_server.h"

#include <fmt/format.h>

#include "account-server/nsc_resolver.h"
#include "auth/creds.h"
#include "auth/jwt.h"
#include "base/json.h"
#include "base/program.h"
#include "base/version.h"
#include "common/files.h"
#include "host/plugin_library.h"
#include "host/plugin_resolver.h"

namespace midge::tools {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::milliseconds store_timeout{5000};

// The default is beside the program itself, not beside a link to it.
fs::path plugin_folder(const ServerOptions& options) {
    if (!options.plugin_folder.empty()) return options.plugin_folder;
    return program_file().parent_path().parent_path() / "lib" / "midge" / "plugins";
}

Result<std::unique_ptr<AccountResolver>> open_directory(const ServerOptions& options, Logger& log) {
    const fs::path plugins = plugin_folder(options);
    auto plugin = load_plugin<midge_resolver>("resolver-dir", plugins);
    if (!plugin) return pass(plugin);
    log.info("loaded plugin {} {} from {}", plugin->name, plugin->version, plugin->path);
    const std::string folder =
        options.store_folder.empty() ? std::string(".") : options.store_folder;
    JsonWriter config;
    config.begin_object()
        .field("dir", std::string_view(folder))
        .field("shard", options.store_sharded)
        .end_object();
    auto resolver = PluginResolver::create(*plugin->table, {config.take(), store_timeout}, {}, log);
    if (!resolver) return pass(resolver);
    log.info("storing account JWTs in {}", folder);
    return std::unique_ptr<AccountResolver>(std::move(*resolver));
}

Result<std::string> read_jwt_file(const std::string& file) {
    auto text = read_file(file);
    if (!text) return pass(text);
    auto jwt = parse_jwt_text(*text);
    if (!jwt) return fail(fmt::format("{}: {}", file, jwt.error().text));
    return jwt;
}

}  // namespace

Result<std::unique_ptr<AccountServer>> AccountServer::start(const ServerOptions& options,
                                                            Logger& log) {
    log.info("starting NATS Account server, midge {}", midge_version);
    std::unique_ptr<AccountServer> out(new AccountServer(log));
    if (auto ok = out->open_store(options); !ok) return pass(ok);
    if (options.nats.servers.empty()) {
        log.info("NATS is not configured, server will not fire notifications on update");
    } else {
        auto notifier = make_nats_notifier(options.nats, log);
        if (!notifier) return pass(notifier);
        out->notifier_ = std::move(*notifier);
    }
    if (auto ok = out->serve(options); !ok) return pass(ok);
    return out;
}

Result<> AccountServer::open_store(const ServerOptions& options) {
    if (options.nsc_folder.empty()) {
        auto resolver = open_directory(options, log_);
        if (!resolver) return pass(resolver);
        resolver_ = std::move(*resolver);
        return {};
    }
    auto store = NscStore::open(options.nsc_folder);
    if (!store) return fail("-nsc: " + store.error().text);
    log_.info("serving the nsc store {}", store->folder().string());
    resolver_ = std::make_unique<NscResolver>(std::move(*store));
    return {};
}

Result<std::optional<ServedOperator>> AccountServer::read_operator(
    const ServerOptions& options) const {
    std::string file = options.operator_file;
    if (file.empty() && !options.nsc_folder.empty()) {
        auto store = NscStore::open(options.nsc_folder);
        if (!store) return pass(store);
        file = store->operator_file().string();
    }
    if (file.empty()) {
        log_.info("No Operator is configured - JWTs cannot be pushed to this account server");
        return std::nullopt;
    }
    auto jwt = read_jwt_file(file);
    if (!jwt) return pass(jwt);
    auto claims = decode_operator(*jwt);
    if (!claims) return fail(fmt::format("{}: {}", file, claims.error().text));
    log_.info("Operator: {} {}", claims->name, claims->sub);
    return ServedOperator{std::move(*jwt), std::move(*claims)};
}

Result<std::optional<ServedSystemAccount>> AccountServer::read_system_account(
    const ServerOptions& options) const {
    if (options.system_account_file.empty()) return std::nullopt;
    auto jwt = read_jwt_file(options.system_account_file);
    if (!jwt) return pass(jwt);
    auto claims = decode_account(*jwt);
    if (!claims)
        return fail(fmt::format("{}: {}", options.system_account_file, claims.error().text));
    log_.info("System Account: {} {}", claims->name, claims->sub);
    return ServedSystemAccount{std::move(*jwt), claims->sub};
}

Result<> AccountServer::serve(const ServerOptions& options) {
    auto served_operator = read_operator(options);
    if (!served_operator) return pass(served_operator);
    auto system_account = read_system_account(options);
    if (!system_account) return pass(system_account);
    if (*served_operator && *system_account) {
        const std::string& named = (*served_operator)->claims.system_account;
        if (!named.empty() && named != (*system_account)->public_key) {
            return fail(
                fmt::format("the operator's system account {} differs from the configured one {}",
                            named, (*system_account)->public_key));
        }
    }
    api_ = std::make_unique<AccountsApi>(
        AccountsApi::Parts{*resolver_, notifier_.get(), log_, std::move(*served_operator),
                           std::move(*system_account), options.pack_max});
    auto listener = HttpListener::start(
        options.http,
        [api = api_.get()](const HttpRequest& request) { return api->handle(request); }, log_);
    if (!listener) return pass(listener);
    listener_ = std::move(*listener);

    std::string host = options.http.host.empty() ? "127.0.0.1" : options.http.host;
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    log_.info("http listening on port {}", listener_->port());
    log_.info("nats-account-server is running");
    log_.info("configure the nats-server with:");
    log_.info("  resolver: URL(http://{}:{}/jwt/v1/accounts/)", host, listener_->port());
    return {};
}

AccountServer::~AccountServer() {
    listener_.reset();
    if (resolver_) resolver_->stop();
}

}  // namespace midge::tools
