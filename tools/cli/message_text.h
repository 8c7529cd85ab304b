#pragma once
// Parses headers of the command line, and formats messages.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "message.h"
#include "text_template.h"

namespace midge::cli {

// Parses "Key:Value" lines whose values are templates. Fails if a line has no colon or key.
[[nodiscard]] Result<Headers> parse_headers(const std::vector<std::string>& lines,
                                            const TemplateInput& input);

// Returns "Key: Value" lines and an empty line; empty if there are no headers.
[[nodiscard]] std::string header_lines(const Headers& headers);

// Returns the data as a block that ends with a newline; "nil body" if it is empty. `translate` is a
// command line that converts the data, or empty.
[[nodiscard]] std::string body_block(const std::string& data, const std::string& translate);

// Returns body_block() and the blank lines that `nats` prints after it: one, or two if the data did
// not end with a newline.
[[nodiscard]] std::string body_paragraph(const std::string& data, const std::string& translate);

// Returns the JSON of a message, as in `nats sub --dump`.
[[nodiscard]] std::string message_json(const Message& message);

}  // namespace midge::cli
