#pragma once
// A running account server with all its parts.
#include <memory>

#include "account-server/accounts_api.h"
#include "account-server/server_options.h"

namespace midge::tools {

// Runs until it is destroyed. Owned by main().
class AccountServer {
  public:
    // Opens the store, reads the operator, connects to NATS and listens. Logs these steps; the last
    // line tells how to configure a NATS server. Requires: `log` outlives the server.
    [[nodiscard]] static Result<std::unique_ptr<AccountServer>> start(const ServerOptions& options,
                                                                      Logger& log);
    ~AccountServer();

  private:
    explicit AccountServer(Logger& log) : log_(log) {}
    [[nodiscard]] Result<> open_store(const ServerOptions& options);
    [[nodiscard]] Result<std::optional<ServedOperator>> read_operator(
        const ServerOptions& options) const;
    [[nodiscard]] Result<std::optional<ServedSystemAccount>> read_system_account(
        const ServerOptions& options) const;
    [[nodiscard]] Result<> serve(const ServerOptions& options);

    Logger& log_;
    std::unique_ptr<AccountResolver> resolver_;
    std::unique_ptr<Notifier> notifier_;
    std::unique_ptr<AccountsApi> api_;
    // Last, so that its threads, which use the others, end first.
    std::unique_ptr<HttpListener> listener_;
};

}  // namespace midge::tools
