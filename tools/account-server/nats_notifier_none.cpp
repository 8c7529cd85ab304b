#include "account-server/notifier.h"

namespace midge::tools {

Result<std::unique_ptr<Notifier>> make_nats_notifier(const NatsOptions&, Logger&) {
    return fail(Errc::unsupported, "this build has no NATS client: -nats is not supported");
}

}  // namespace midge::tools
