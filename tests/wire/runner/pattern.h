#pragma once
// An expected item, which is compared with the server's item.
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "wire/runner/text.h"

namespace midge::wire {

// Text with wildcards: ${*} is one or more bytes without blank or line end, ${**} is any number of
// bytes, ${int} is decimal digits. The JSON object of an INFO is compared by members instead: the
// given ones must be equal, null means that the member must be missing, and others are ignored;
// strings may contain wildcards.
class Pattern {
  public:
    [[nodiscard]] static Result<Pattern> parse(std::string_view text, const Lookup& lookup);
    [[nodiscard]] bool matches(std::string_view item) const;

  private:
    struct Part {
        enum class Kind { literal, word, anything, digits };
        Kind kind;
        std::string text;
    };
    [[nodiscard]] static Result<std::vector<Part>> parse_parts(std::string_view text,
                                                               const Lookup& lookup);
    [[nodiscard]] static bool match(const std::vector<Part>& parts, size_t index,
                                    std::string_view text);
    [[nodiscard]] static bool json_value_matches(const Poco::Dynamic::Var& expected,
                                                 const Poco::Dynamic::Var& got);

    std::vector<Part> parts_;
    JsonObject json_;
};

}  // namespace midge::wire
