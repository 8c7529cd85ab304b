#include "protocol/connect_trace.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace midge {
namespace {

constexpr std::string_view redacted = "[REDACTED]";
constexpr std::string_view blanks = " \t\r\n";

bool is_secret(std::string_view name) {
    constexpr std::array<std::string_view, 7> secrets = {"pass", "password", "auth_token", "jwt",
                                                         "nkey", "sig",      "proxy_sig"};
    // Escapes, and characters beyond ASCII whose lower case is ASCII, can spell any name.
    const auto is_plain = [](char c) { return c != '\\' && static_cast<unsigned char>(c) < 0x80; };
    if (!std::all_of(name.begin(), name.end(), is_plain)) return true;
    return std::any_of(secrets.begin(), secrets.end(),
                       [&](std::string_view secret) { return equals_ignore_case(secret, name); });
}

// Returns the position after the closing quote of the string that begins at `at`, or the end of the
// text if there is none.
size_t end_of_string(std::string_view json, size_t at) {
    for (++at; at < json.size(); ++at) {
        if (json[at] == '\\') {
            ++at;
        } else if (json[at] == '"') {
            return at + 1;
        }
    }
    return json.size();
}

size_t skip(std::string_view json, size_t at, std::string_view characters) {
    return std::min(json.find_first_not_of(characters, at), json.size());
}

}  // namespace

std::string redacted_connect(std::string_view json) {
    std::string out;
    size_t at = 0;
    while (at < json.size()) {
        if (json[at] != '"') {
            out += json[at++];
            continue;
        }
        const size_t end = end_of_string(json, at);
        out += json.substr(at, end - at);
        const size_t colon = skip(json, end, blanks);
        const bool is_name = colon < json.size() && json[colon] == ':';
        const bool secret = is_name && is_secret(json.substr(at + 1, end - at - 2));
        at = end;
        if (!secret) continue;
        const size_t value = skip(json, colon + 1, blanks);
        out += json.substr(end, value - end);
        if (value == json.size() || json[value] != '"') return out.append(redacted);
        out.append(1, '"').append(redacted).append(1, '"');
        at = end_of_string(json, value);
    }
    return out;
}

}  // namespace midge
