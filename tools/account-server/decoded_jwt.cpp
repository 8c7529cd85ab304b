#include <Poco/JSON/Object.h>
#include <fmt/format.h>

#include "account-server/accounts_api.h"
#include "auth/jwt.h"
#include "base/encoding.h"
#include "base/json.h"
#include "base/text.h"
#include "common/dates.h"
#include "common/json_text.h"

namespace midge::tools {
namespace {

constexpr unsigned indent = 4;

// `"exp": 1700000000,` -> `"exp": 1700000000 (2023-11-14 22:13:20 UTC),`
std::string with_dates(const std::string& json) {
    std::string out;
    for (const auto line : split(json, '\n')) {
        if (!out.empty()) out += '\n';
        std::string_view text = trim(line);
        const bool time = text.substr(0, 7) == "\"exp\": " || text.substr(0, 7) == "\"iat\": ";
        if (!time) {
            out += line;
            continue;
        }
        const bool comma = text.back() == ',';
        const std::string number(text.substr(7, text.size() - 7 - (comma ? 1 : 0)));
        out += fmt::format("{} ({}){}", line.substr(0, line.size() - (comma ? 1 : 0)),
                           date_text(std::strtoll(number.c_str(), nullptr, 10)), comma ? "," : "");
    }
    return out;
}

Result<JsonObject> claims_object(const std::string& jwt) {
    auto text = claims_json(jwt);
    if (!text) return pass(text);
    return parse_json_object(*text);
}

// Replaces activation tokens with their claims.
void expand_tokens(const JsonObject& claims) {
    const auto nats = json_object(claims, "nats");
    if (!nats || nats->isNull()) return;
    const auto imports = json_array(*nats, "imports");
    if (!imports || imports->isNull()) return;
    for (size_t i = 0; i < (*imports)->size(); ++i) {
        JsonObject import = (*imports)->getObject(static_cast<unsigned>(i));
        const auto token =
            import.isNull() ? std::string() : json_string(import, "token").value_or("");
        if (token.empty()) continue;
        if (auto activation = claims_object(token)) {
            import->set("token", *activation);
        } else {
            import->set("token", "<bad token - " + activation.error().text + ">");
        }
    }
}

}  // namespace

Result<std::string> decoded_jwt_text(const std::string& jwt) {
    const auto parts = split(jwt, '.');
    if (parts.size() != 3) return fail(Errc::invalid, "expected 3 chunks");
    auto header_text = base64_decode(parts[0]);
    if (!header_text) return pass(header_text);
    auto header = parse_json_object(*header_text);
    if (!header) return pass(header);
    auto claims = claims_object(jwt);
    if (!claims) return pass(claims);
    expand_tokens(*claims);
    return fmt::format("{}\n\r\n{}\n\r\n{}", indented_json(*header, indent),
                       with_dates(indented_json(*claims, indent)), parts[2]);
}

}  // namespace midge::tools
