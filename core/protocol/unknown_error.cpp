#include "protocol/unknown_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/wire_error.h"
#include "protocol/connect_trace.h"

namespace midge {
namespace {

// The states of nats-server's parser, which readers of its logs know. After the first n + 1 letters
// of a name the state is `first_state` + n.
struct NameStates {
    std::string_view name;
    int first_state;
};
constexpr std::array<NameStates, 10> name_states = {{
    {"pub", 29},
    {"ping", 33},  // the state after "p" is 29
    {"pong", 36},
    {"hpub", 18},
    {"sub", 43},
    {"unsub", 59},
    {"connect", 10},
    {"info", 71},
    {"+ok", 1},
    {"-err", 4},
}};
constexpr int body_end_state = 41;
constexpr size_t shown_bytes = 32;

size_t common_letters(std::string_view text, std::string_view name) {
    const std::string start = to_lower_ascii(text.substr(0, name.size()));
    const auto differs = std::mismatch(start.begin(), start.end(), name.begin(), name.end());
    return static_cast<size_t>(differs.first - start.begin());
}

// As nats-server, omits the last byte of the input if the input is shorter than the limit.
std::string snippet(std::string_view text) {
    return go_quote(text.size() < shown_bytes ? text.substr(0, text.size() - 1)
                                              : text.substr(0, shown_bytes));
}

}  // namespace

UnknownAt find_unknown(std::string_view command) {
    UnknownAt fault{command.data(), 0, true};
    size_t letters_max = 0;
    for (const auto& [name, first_state] : name_states) {
        const size_t letters = common_letters(command, name);
        if (letters <= letters_max) continue;
        letters_max = letters;
        fault = {command.data() + letters, first_state + static_cast<int>(letters) - 1, true};
    }
    return fault;
}

UnknownAt find_body_end_fault(std::string_view command, const char* body_end) {
    const bool has_cr = *body_end == '\r' && body_end + 1 < command.data() + command.size();
    return {body_end + (has_cr ? 1 : 0), body_end_state + (has_cr ? 1 : 0), false};
}

std::string unknown_error(std::string_view input, const UnknownAt& fault) {
    const auto at = static_cast<size_t>(fault.byte - input.data());
    const std::string_view rest = input.substr(std::min(at, input.size() - 1));
    return fmt::format("Client parser ERROR, state={}, i={}: proto='{}...'", fault.state, at,
                       snippet(fault.in_name ? redacted_connect(rest) : std::string(rest)));
}

}  // namespace midge
