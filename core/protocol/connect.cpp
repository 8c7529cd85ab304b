#include "protocol/connect.h"

#include <array>

#include "protocol/json_fields.h"

namespace midge {

Result<> read_connect(std::string_view json, ConnectOptions& options) {
    const std::array fields = {
        JsonField{"verbose", &options.verbose},
        JsonField{"pedantic", &options.pedantic},
        JsonField{"echo", &options.echo},
        JsonField{"tls_required", &options.tls_required},
        JsonField{"headers", &options.headers},
        JsonField{"no_responders", &options.no_responders},
        JsonField{"protocol", &options.protocol},
        JsonField{"name", &options.name},
        JsonField{"lang", &options.lang},
        JsonField{"version", &options.version},
        JsonField{"user", &options.user},
        JsonField{"pass", &options.pass},
        JsonField{"auth_token", &options.auth_token},
        JsonField{"jwt", &options.jwt},
        JsonField{"nkey", &options.nkey},
        JsonField{"sig", &options.sig},
        JsonField{"proxy_sig", &options.proxy_sig},
        JsonField{"account", &options.account},
        JsonField{"new_account", &options.new_account},
        // Members that routes and leaf nodes send.
        JsonField{"import", JsonType::permission},
        JsonField{"export", JsonType::permission},
        JsonField{"remote_account", JsonType::string},
    };
    return read_json_fields(json, "ClientOpts", fields);
}

}  // namespace midge
