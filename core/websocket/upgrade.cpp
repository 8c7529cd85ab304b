#include "websocket/upgrade.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/NameValueCollection.h>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "base/encoding.h"
#include "base/text.h"

namespace midge {
namespace {

using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;

constexpr std::string_view accept_salt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr size_t key_bytes = 16;

Upgrade refuse(int status, std::string why) {
    const auto code = static_cast<HTTPResponse::HTTPStatus>(status);
    const std::string text = HTTPResponse::getReasonForStatus(code);
    Upgrade refusal;
    refusal.refused = std::move(why);
    refusal.answer = fmt::format(
        "HTTP/1.1 {} {}\r\nContent-Type: text/plain; charset=utf-8\r\nSec-Websocket-Version: "
        "13\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\nContent-Length: {}\r\n\r\n"
        "{}\n",
        status, text, text.size() + 1, text);
    return refusal;
}

// All values of a header, which may stand more than once or hold a list.
std::vector<std::string> values_of(const HTTPRequest& request, std::string_view name) {
    std::vector<std::string> values;
    for (const auto& [field, value] : request) {
        if (!equals_ignore_case(field, name)) continue;
        for (const std::string_view part : split(value, ',')) values.emplace_back(trim(part));
    }
    return values;
}

bool has_value(const HTTPRequest& request, std::string_view name, std::string_view wanted) {
    const auto values = values_of(request, name);
    return std::any_of(values.begin(), values.end(), [wanted](const std::string& value) {
        return equals_ignore_case(value, wanted);
    });
}

bool offers_deflate(const HTTPRequest& request) {
    const auto offers = values_of(request, "Sec-WebSocket-Extensions");
    return std::any_of(offers.begin(), offers.end(), [](const std::string& offer) {
        return equals_ignore_case(trim(offer.substr(0, offer.find(';'))), "permessage-deflate");
    });
}

std::string accept_key(std::string_view key) {
    const std::string text = std::string(key).append(accept_salt);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
    return base64_encode({reinterpret_cast<const char*>(digest.data()), size});
}

std::string forwarded_for(const HTTPRequest& request) {
    const std::string value = request.get("X-Forwarded-For", "");
    Poco::Net::IPAddress address;
    return Poco::Net::IPAddress::tryParse(value, address) ? value : std::string();
}

CookieValues cookies_of(const HTTPRequest& request, const CookieNames& names) {
    Poco::Net::NameValueCollection sent;
    request.getCookies(sent);
    const auto value = [&sent](const std::string& name) {
        return name.empty() ? std::string() : sent.get(name, "");
    };
    return {value(names.jwt), value(names.user), value(names.password), value(names.token)};
}

// Why the request is no upgrade to WebSocket, as status and reason.
std::optional<std::pair<int, std::string>> find_fault(const HTTPRequest& request) {
    const auto fault = [](int status, std::string why) {
        return std::pair(status, std::move(why));
    };
    if (request.getMethod() != "GET") {
        return fault(HTTPResponse::HTTP_METHOD_NOT_ALLOWED, "request method must be GET");
    }
    constexpr int bad_request = HTTPResponse::HTTP_BAD_REQUEST;
    if (request.get("Host", "").empty()) return fault(bad_request, "'Host' missing in request");
    if (!has_value(request, "Upgrade", "websocket")) {
        return fault(bad_request, "invalid value for header 'Upgrade'");
    }
    if (!has_value(request, "Connection", "Upgrade")) {
        return fault(bad_request, "invalid value for header 'Connection'");
    }
    const std::string key = request.get("Sec-WebSocket-Key", "");
    if (key.empty()) return fault(bad_request, "key missing");
    const auto decoded = base64_decode(key);
    if (!decoded || decoded->size() != key_bytes) {
        return fault(bad_request, "invalid websocket key");
    }
    if (!has_value(request, "Sec-WebSocket-Version", "13")) {
        return fault(bad_request, "invalid version");
    }
    return std::nullopt;
}

Upgrade judge(const HTTPRequest& request, const UpgradeRules& rules) {
    if (auto fault = find_fault(request)) return refuse(fault->first, std::move(fault->second));
    std::string origin = request.get("Origin", "");
    if (origin.empty()) origin = request.get("Sec-WebSocket-Origin", "");
    if (const auto allowed = rules.origins.check(origin, request.getHost(), rules.tls); !allowed) {
        return refuse(HTTPResponse::HTTP_FORBIDDEN, "origin not allowed: " + allowed.error().text);
    }
    const std::string path = request.getURI().substr(0, request.getURI().find('?'));
    if (path.ends_with("/mqtt"))
        return refuse(HTTPResponse::HTTP_NOT_FOUND, "mqtt websocket endpoint not enabled");
    if (path.ends_with("/leafnode")) {
        return refuse(HTTPResponse::HTTP_NOT_FOUND,
                      "Not configured to accept leaf node connections");
    }
    Upgrade upgrade;
    upgrade.compression = rules.compression && offers_deflate(request);
    upgrade.masked = request.get("Nats-No-Masking", "") != "true";
    upgrade.browser = request.get("User-Agent", "").starts_with("Mozilla/");
    upgrade.forwarded_for = forwarded_for(request);
    upgrade.cookies = cookies_of(request, rules.cookies);
    upgrade.answer = fmt::format(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: {}\r\n",
        accept_key(request.get("Sec-WebSocket-Key")));
    if (upgrade.compression) {
        upgrade.answer +=
            "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
            "client_no_context_takeover\r\n";
    }
    if (!upgrade.masked) upgrade.answer += "Nats-No-Masking: true\r\n";
    for (const auto& [name, value] : rules.headers) {
        upgrade.answer += fmt::format("{}: {}\r\n", name, value);
    }
    upgrade.answer += "\r\n";
    return upgrade;
}

}  // namespace

std::optional<size_t> request_head_size(std::string_view input) {
    constexpr std::string_view end = "\r\n\r\n";
    const size_t at = input.find(end);
    if (at == std::string_view::npos) return std::nullopt;
    return at + end.size();
}

Upgrade judge_upgrade(std::string_view head, const UpgradeRules& rules) {
    try {
        HTTPRequest request;
        request.setFieldLimit(request_fields_max);
        std::istringstream text{std::string(head)};
        request.read(text);
        return judge(request, rules);
    } catch (const Poco::Exception& error) {
        return refuse(HTTPResponse::HTTP_BAD_REQUEST, "malformed request: " + error.displayText());
    }
}

Upgrade refuse_long_head() {
    return refuse(HTTPResponse::HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE,
                  fmt::format("the request's head is longer than {} bytes", request_head_max));
}

}  // namespace midge
