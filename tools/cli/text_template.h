#pragma once
// The template functions of `nats` in bodies, subjects and header values: "Message {{Count}}".
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge::cli {

struct TemplateInput {
    uint64_t count = 0;             // {{Count}}
    std::string_view request = {};  // {{Request}}: payload of the request, only for replies
    std::span<const std::string_view> subject_tokens = {};  // {{0}}, {{1}} ...: only for replies
};

inline constexpr uint64_t random_text_max = 8 * 1024 * 1024;

// Replaces Count, TimeStamp, Unix, UnixNano, Time, ID, Request, subject tokens and "Random min
// max". A leading dot is allowed, as in Go templates. Fails for any other action, for an unclosed
// one, and for lengths of more than random_text_max.
[[nodiscard]] Result<std::string> expand_template(std::string_view text,
                                                  const TemplateInput& input);

}  // namespace midge::cli
