#pragma once
// The named values of a script: keys, tokens, times.
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge::wire {

// A line `#jwt:` or `#jwt-v1:`: NAME = SUBJECT by SIGNER {changes}
struct JwtDefinition {
    std::string subject;
    std::string signer;
    std::string changes = "{}";
    bool v1 = false;
};
using JwtDefinitions = std::map<std::string, JwtDefinition, std::less<>>;

[[nodiscard]] Result<std::pair<std::string, JwtDefinition>> parse_jwt_definition(
    std::string_view text, bool v1);

// Returns a member of the INFO of a client ("C2"; empty: the client of the step).
using InfoOf = std::function<Result<std::string>(std::string_view client, std::string_view member)>;

// Returns the text of a group ("1" to "9") of the last regular expression.
using GroupOf = std::function<Result<std::string>(std::string_view number)>;

// Evaluates placeholders (README.md lists them). Refers to the definitions of its script.
class Values {
  public:
    // `now`: the value of ${now}, in unix seconds. Without `info_of`, ${nonce}, ${info} and ${sign}
    // fail; without `group_of`, ${1} and ${claim} fail.
    Values(const JwtDefinitions& jwts, int64_t now, InfoOf info_of = nullptr,
           GroupOf group_of = nullptr)
        : jwts_(jwts), now_(now), info_of_(std::move(info_of)), group_of_(std::move(group_of)) {}

    [[nodiscard]] Result<std::string> lookup(std::string_view expression) const;

  private:
    [[nodiscard]] Result<std::string> jwt(std::string_view name, std::string_view part) const;
    [[nodiscard]] Result<std::string> signature(std::string_view arguments) const;
    [[nodiscard]] Result<std::string> group(std::string_view number) const;
    [[nodiscard]] Result<std::string> claim(std::string_view arguments) const;
    [[nodiscard]] Result<std::string> time(std::string_view offset) const;

    const JwtDefinitions& jwts_;
    int64_t now_;
    InfoOf info_of_;
    GroupOf group_of_;
};

}  // namespace midge::wire
