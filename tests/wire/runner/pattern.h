#pragma once
// One expected item: does what the server sent match it?
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "wire/runner/text.h"

namespace midge::wire {

// Text with wildcards: ${*} one or more bytes without blank or line end, ${**} any bytes or none,
// ${int} decimal digits. The JSON object of an INFO is compared member by member instead: those
// named must be there and equal, null means that the member is missing, others do not matter;
// strings may hold wildcards.
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
