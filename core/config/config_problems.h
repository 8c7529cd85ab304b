#pragma once
// What is wrong with the values of a configuration, as lines for people and for scripts.
#include <string>
#include <string_view>
#include <vector>

#include "config/config_value.h"

namespace midge {

struct ConfigProblem {
    enum class Words : uint8_t { of_nats_server, our_own };

    ConfigPosition where;  // as nats-server says it; may have no line
    ConfigPosition about;  // of the setting, usually the same
    std::string text;
    Words words = Words::of_nats_server;
};

// One line each:
//   server.conf:1:0: unknown field "prot" -- line 1, column 1: the top level has no setting "prot";
//   did you mean "port"?
// First the words of nats-server, if it has some for this, and its position. After " -- " our
// explanation: the place as editors count, the setting, what was found and what is expected. Our
// own words have the place of editors at once. Passwords, tokens, JWTs and keys are not shown.
[[nodiscard]] std::vector<std::string> problem_lines(const ConfigMap& root,
                                                     const std::vector<ConfigProblem>& problems);

}  // namespace midge
