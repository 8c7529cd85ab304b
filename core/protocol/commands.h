#pragma once
// The commands of clients (docs/protocol/client-protocol.md, Commands).
#include <cstddef>
#include <string_view>

namespace midge {

// A message of a client's PUB or HPUB, or of the server itself. Views are valid during the call.
struct PublishCommand {
    std::string_view subject = {};
    std::string_view reply = {};  // empty: none
    bool has_header = false;      // HPUB
    bool repeated = false;    // subject, reply and header size are those of the previous command in
                              // the same input
    size_t header_bytes = 0;  // at the start of `body`
    std::string_view body = {};       // header and payload, without the CRLF
    std::string_view size_text = {};  // digits of the body size as the client wrote them ("007"),
                                      // which receivers get; empty: the usual form
    // The bytes from the blank after the subject to the CRLF after the body, if a MSG line would
    // have the same bytes: one blank between words, CRLF at the end. Otherwise empty.
    std::string_view rest = {};
};

struct SubscribeCommand {
    std::string_view subject;
    std::string_view queue;  // empty: none
    std::string_view sid;
};

}  // namespace midge
