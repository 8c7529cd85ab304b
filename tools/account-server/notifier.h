#pragma once
// Telling NATS servers about accepted JWTs.
#include <memory>
#include <string>

#include "account-server/server_options.h"
#include "base/log.h"
#include "base/result.h"

namespace midge::tools {

// Owned by the server; any thread.
class Notifier {
  public:
    virtual ~Notifier() = default;
    // Publishes the JWT of `account`. Returns without waiting for the NATS server; while that is
    // away, messages wait in a bounded buffer, and one that no longer fits fails.
    [[nodiscard]] virtual Result<> account_changed(const std::string& account,
                                                   const std::string& jwt) = 0;
};

// Connects, and connects again for as long as the options say; a NATS server that is down is no
// error. Fails on options that cannot work (a malformed URL, a missing creds file) and in a build
// without the NATS client. `log` outlives the notifier.
[[nodiscard]] Result<std::unique_ptr<Notifier>> make_nats_notifier(const NatsOptions& options,
                                                                   Logger& log);

}  // namespace midge::tools
