#pragma once
// Compresses the replies of system services for requestors that ask for it
// (docs/protocol/system-services.md, Envelope).
#include <string>
#include <string_view>

namespace midge {

struct EncodedReply {
    std::string header;  // from "NATS/1.0" to the empty line; empty: none
    std::string body;
};
// `request_header`: its Accept-Encoding decides. Without one, the reply has no header.
[[nodiscard]] EncodedReply encode_reply(std::string_view request_header, std::string body);

}  // namespace midge
