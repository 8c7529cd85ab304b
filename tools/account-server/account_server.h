#pragma once
// The parts of a running account server, put together.
#include <memory>

#include "account-server/accounts_api.h"
#include "account-server/server_options.h"

namespace midge::tools {

// Serves until it is destroyed. Owned by main.
class AccountServer {
  public:
    // Opens the store, reads the operator, connects to NATS and listens; says so in the log, whose
    // last line tells how to configure a NATS server. `log` outlives this.
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
    std::unique_ptr<HttpListener> listener_;  // last: the threads that use the others end first
};

}  // namespace midge::tools
