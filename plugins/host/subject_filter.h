#pragma once
// The subjects for which a sink wants events.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge {

// Patterns of subjects: "*" matches one token, ">" one or more at the end. A value.
class SubjectFilter {
  public:
    // Fails with the reason if the pattern is malformed or there are too many (host/limits.h).
    [[nodiscard]] Result<> add(std::string_view pattern);
    // Without patterns, everything matches.
    [[nodiscard]] bool matches(std::string_view subject) const;

  private:
    std::vector<std::string> patterns_;
};

}  // namespace midge
