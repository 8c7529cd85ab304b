#pragma once
// Errors in the values of a configuration, as lines for people and for scripts.
#include <string>
#include <string_view>
#include <vector>

#include "config/config_value.h"

namespace midge {

struct ConfigProblem {
    enum class Words : uint8_t { of_nats_server, our_own };

    ConfigPosition where;  // position in nats-server's message; may have no line
    ConfigPosition about;  // position of the setting, usually the same
    std::string text;
    Words words = Words::of_nats_server;
};

// One line each:
//   server.conf:1:0: unknown field "prot" -- line 1, column 1: the top level has no setting "prot";
//   did you mean "port"?
// The first part is the text of nats-server, if it has one for this error, with its position. After
// " -- " follows Midge's explanation: the place as editors count, the setting, the value found and
// the expected value. Texts of Midge have the editor's place from the start. Passwords, tokens,
// JWTs and keys are not shown.
[[nodiscard]] std::vector<std::string> problem_lines(const ConfigMap& root,
                                                     const std::vector<ConfigProblem>& problems);

}  // namespace midge
