#pragma once
// The messages that `pub` and `request` send: a subject, headers and payloads.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "message.h"
#include "payload_source.h"

namespace midge::cli {

struct OutgoingOptions {
    std::string subject;
    std::optional<std::string> body;
    std::vector<std::string> headers;  // "Key:Value"
    bool force_stdin = false;
    std::string send_on = "eof";  // or "newline"
    bool templates = true;

    [[nodiscard]] PayloadSource payloads() const {
        return PayloadSource(
            {.body = body, .force_stdin = force_stdin, .by_line = send_on == "newline"});
    }
};

// Makes message number `count` (from 1) with this payload, and fills in its templates.
[[nodiscard]] Result<Message> make_message(const OutgoingOptions& options,
                                           const std::string& payload, uint64_t count);

}  // namespace midge::cli
