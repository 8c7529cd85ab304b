#pragma once
// Headers from the command line, and messages as text.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "message.h"
#include "text_template.h"

namespace midge::cli {

// "Key:Value" lines; values are templates. Fails on a line without a colon or key.
[[nodiscard]] Result<Headers> parse_headers(const std::vector<std::string>& lines,
                                            const TemplateInput& input);

// "Key: Value" lines and a blank one; empty without headers.
[[nodiscard]] std::string header_lines(const Headers& headers);

// The data as one block that ends with a newline; "nil body" when empty. `translate` is a command
// line to run the data through, or empty.
[[nodiscard]] std::string body_block(const std::string& data, const std::string& translate);

// body_block and what `nats` sets it off with: one blank line, two if the data had no newline of
// its own.
[[nodiscard]] std::string body_paragraph(const std::string& data, const std::string& translate);

// The JSON of one message, as `nats sub --dump` writes it.
[[nodiscard]] std::string message_json(const Message& message);

}  // namespace midge::cli
