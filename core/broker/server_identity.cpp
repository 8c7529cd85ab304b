#include "broker/server_identity.h"

#include "base/version.h"

namespace midge {

ServerIdentity::ServerIdentity(const Options& options)
    : key_(KeyPair::generate(KeyKind::server)),
      id_(key_.public_key()),
      name_(options.server_name.empty() ? id_ : options.server_name) {}

ServerInfo ServerIdentity::event_server(const Options& options) const {
    ServerInfo server;
    server.name = name_;
    server.host = options.host;
    server.id = id_;
    server.version = nats_version;
    server.tags = options.server_tags;
    server.metadata = options.server_metadata;
    server.feature_flags = known_feature_flags();
    return server;
}

CalloutServer ServerIdentity::callout_server(const Options& options) const {
    return {.name = name_,
            .host = options.host,
            .id = id_,
            .version = std::string(nats_version),
            .tags = options.server_tags,
            .xkey = {}};
}

}  // namespace midge
