#pragma once
// Tells NATS servers about accepted JWTs.
#include <memory>
#include <string>

#include "account-server/server_options.h"
#include "base/log.h"
#include "base/result.h"

namespace midge::tools {

// Owned by the server; usable from any thread.
class Notifier {
  public:
    virtual ~Notifier() = default;
    // Publishes the JWT of `account`. Never waits for the NATS server: while that is unreachable,
    // messages are kept in a buffer with a limit. Fails if the buffer is full.
    [[nodiscard]] virtual Result<> account_changed(const std::string& account,
                                                   const std::string& jwt) = 0;
};

// Connects, and reconnects as often as the options allow. An unreachable NATS server is no error.
// Fails if the options cannot work (a malformed URL, a missing creds file), and in a build without
// the NATS client. Requires: `log` outlives the notifier.
[[nodiscard]] Result<std::unique_ptr<Notifier>> make_nats_notifier(const NatsOptions& options,
                                                                   Logger& log);

}  // namespace midge::tools
