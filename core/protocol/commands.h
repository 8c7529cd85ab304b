#pragma once
// What clients ask for (spec client-protocol.md 5).
#include <cstddef>
#include <string_view>

namespace midge {

// A message: a client's PUB or HPUB, or what the server itself publishes. Views last for the call.
struct PublishCommand {
    std::string_view subject = {};
    std::string_view reply = {};  // empty: none
    bool has_header = false;      // HPUB
    bool repeated = false;  // subject, reply and header size are those of the command right before,
                            // in the same input
    size_t header_bytes = 0;          // at the start of `body`
    std::string_view body = {};       // header and payload, without the CRLF
    std::string_view size_text = {};  // of the body as the client wrote it ("007"), which is how it
                                      // is passed on; empty: as usual
    // From the blank after the subject to the CRLF after the body, when all that is written as a
    // MSG line has it: one blank between words, CRLF at the end. Else empty.
    std::string_view rest = {};
};

struct SubscribeCommand {
    std::string_view subject;
    std::string_view queue;  // empty: none
    std::string_view sid;
};

}  // namespace midge
