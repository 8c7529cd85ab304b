#include "auth/creds.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "auth/nkey.h"
#include "base/text.h"

namespace midge {
namespace {

constexpr size_t dashes_min = 3;

// Whether the line has dashes on both sides, as "-----BEGIN NATS USER JWT-----".
bool is_dash_line(std::string_view line) {
    line = trim(line);
    const auto dashes = [](auto begin, auto end) {
        return static_cast<size_t>(std::find_if(begin, end, [](char c) { return c != '-'; }) -
                                   begin);
    };
    return dashes(line.begin(), line.end()) >= dashes_min &&
           dashes(line.rbegin(), line.rend()) >= dashes_min;
}

bool is_body(std::string_view line) {
    return !line.empty() && std::all_of(line.begin(), line.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.' || c == '=';
    });
}

// Returns the single lines between two dash lines, in order.
std::vector<std::string_view> decorated_bodies(std::string_view text) {
    const auto lines = split(text, '\n');
    std::vector<std::string_view> bodies;
    for (size_t i = 1; i + 1 < lines.size(); ++i) {
        const std::string_view body = trim(lines[i]);
        if (!is_body(body) || is_dash_line(body)) continue;
        if (is_dash_line(lines[i - 1]) && is_dash_line(lines[i + 1])) bodies.push_back(body);
    }
    return bodies;
}

bool starts_as_seed(std::string_view line) {
    return line.starts_with("SU") || line.starts_with("SA") || line.starts_with("SO") ||
           line.starts_with("SN") || line.starts_with("SC") || line.starts_with("SX");
}

Result<> check_size(std::string_view text) {
    if (text.size() <= creds_bytes_max) return {};
    return fail(Errc::invalid, fmt::format("file of {} bytes, at most {} are taken", text.size(),
                                           creds_bytes_max));
}

std::string to_upper(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return out;
}

std::string_view seed_kind(std::string_view seed) {
    if (seed.starts_with("SU")) return "USER ";
    if (seed.starts_with("SA")) return "ACCOUNT ";
    if (seed.starts_with("SO")) return "OPERATOR ";
    return "";
}

}  // namespace

Result<Creds> parse_creds(std::string_view text) {
    if (auto ok = check_size(text); !ok) return pass(ok);
    const auto bodies = decorated_bodies(text);
    if (bodies.empty()) return fail(Errc::invalid, "no JWT between dashed lines");
    if (bodies.size() < 2) return fail(Errc::invalid, "no nkey seed found after the JWT");
    if (!starts_as_seed(bodies[1])) {
        return fail(Errc::invalid, "the text after the JWT is not an nkey seed");
    }
    return Creds{std::string(bodies[0]), std::string(bodies[1])};
}

std::string format_creds(std::string_view jwt, std::string_view seed) {
    return decorate_jwt("user", jwt) + decorate_seed(seed);
}

std::string decorate_jwt(std::string_view kind, std::string_view jwt) {
    const std::string name = to_upper(kind);
    return fmt::format("-----BEGIN NATS {0} JWT-----\n{1}\n------END NATS {0} JWT------\n\n", name,
                       trim(jwt));
}

std::string decorate_seed(std::string_view seed) {
    seed = trim(seed);
    return fmt::format(
        "************************* IMPORTANT *************************\n"
        "NKEY Seed printed below can be used to sign and prove identity.\n"
        "NKEYs are sensitive and should be treated as secrets.\n\n"
        "-----BEGIN {0}NKEY SEED-----\n{1}\n------END {0}NKEY SEED------\n\n"
        "*************************************************************\n",
        seed_kind(seed), seed);
}

Result<std::string> parse_jwt_text(std::string_view text) {
    if (auto ok = check_size(text); !ok) return pass(ok);
    const auto bodies = decorated_bodies(text);
    const std::string_view token = bodies.empty() ? trim(text) : bodies.front();
    if (std::count(token.begin(), token.end(), '.') != 2)
        return fail(Errc::invalid, "expected 3 chunks");
    if (!is_body(token)) {
        return fail(Errc::invalid, "no JWT found: expected three chunks of base64url with dots");
    }
    return std::string(token);
}

Result<std::string> parse_seed_text(std::string_view text) {
    if (auto ok = check_size(text); !ok) return pass(ok);
    for (const std::string_view body : decorated_bodies(text)) {
        if (starts_as_seed(body) && body.size() == seed_text_length) return std::string(body);
    }
    for (const std::string_view line : split(text, '\n')) {
        if (const auto seed = trim(line); starts_as_seed(seed)) return std::string(seed);
    }
    return fail(Errc::invalid, "no nkey seed found");
}

}  // namespace midge
