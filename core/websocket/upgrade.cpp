#include "websocket/upgrade.h"

#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/IPAddress.h>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "base/text.h"
#include "websocket/http_request.h"

namespace midge {
namespace {

using Poco::Net::HTTPResponse;

constexpr std::string_view accept_salt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

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

// Returns the answer of nats-server's HTTP library to an invalid request.
Upgrade answer_fault(const HttpFault& fault) {
    const std::string& reason =
        HTTPResponse::getReasonForStatus(static_cast<HTTPResponse::HTTPStatus>(fault.status));
    const bool in_status = fault.status != HTTPResponse::HTTP_NOT_IMPLEMENTED;
    const std::string status =
        fmt::format("{} {}{}{}", fault.status, reason, in_status && !fault.said.empty() ? ": " : "",
                    in_status ? fault.said : std::string());
    Upgrade refusal;
    refusal.refused = fault.why;
    refusal.answer = fmt::format(
        "HTTP/1.1 {}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n{}",
        status, in_status ? status : fault.said);
    return refusal;
}

Upgrade answer_without_body(int status, std::string_view fields, std::string why) {
    const std::string& reason =
        HTTPResponse::getReasonForStatus(static_cast<HTTPResponse::HTTPStatus>(status));
    Upgrade refusal;
    refusal.refused = std::move(why);
    refusal.answer =
        fmt::format("HTTP/1.1 {} {}\r\n{}Connection: close\r\nContent-Length: 0\r\n\r\n", status,
                    reason, fields);
    return refusal;
}

// Returns the path without empty parts, "." and "..".
std::string clean_path(std::string_view path) {
    std::vector<std::string_view> parts;
    for (const std::string_view part : split(path, '/')) {
        if (part == ".." && !parts.empty()) parts.pop_back();
        if (!part.empty() && part != "." && part != "..") parts.push_back(part);
    }
    std::string clean;
    for (const std::string_view part : parts) clean.append(1, '/').append(part);
    if (clean.empty() || path.ends_with('/')) clean += '/';
    return clean;
}

// Returns all values of a header, which may be repeated or contain a list.
std::vector<std::string> values_of(const HttpRequest& request, std::string_view name) {
    std::vector<std::string> values;
    for (const auto& [field, value] : request.fields) {
        if (!equals_ignore_case(field, name)) continue;
        for (const std::string_view part : split(value, ',')) values.emplace_back(trim(part));
    }
    return values;
}

bool has_value(const HttpRequest& request, std::string_view name, std::string_view wanted) {
    const auto values = values_of(request, name);
    return std::any_of(values.begin(), values.end(), [wanted](const std::string& value) {
        return equals_ignore_case(value, wanted);
    });
}

// Returns the answer that the HTTP library gives before it checks the purpose of the request, if
// any.
std::optional<Upgrade> answer_elsewhere(const HttpRequest& request) {
    const std::string expected = request.get("Expect");
    if (!expected.empty() && !has_value(request, "Expect", "100-continue")) {
        return answer_without_body(HTTPResponse::HTTP_EXPECTATION_FAILED, {},
                                   "unknown expectation of the client");
    }
    if (request.path == "*") {
        const int status =
            request.method == "OPTIONS" ? HTTPResponse::HTTP_OK : HTTPResponse::HTTP_BAD_REQUEST;
        return answer_without_body(status, {}, "no path");
    }
    if (request.method == "CONNECT") return std::nullopt;
    const std::string clean = clean_path(request.path);
    if (clean == request.path) return std::nullopt;
    return answer_without_body(HTTPResponse::HTTP_MOVED_PERMANENTLY,
                               fmt::format("Location: {}{}\r\n", clean, request.query),
                               "path with empty parts or dots");
}

bool offers_deflate(const HttpRequest& request) {
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

std::string forwarded_for(const HttpRequest& request) {
    const std::string value = request.get("X-Forwarded-For");
    Poco::Net::IPAddress address;
    return Poco::Net::IPAddress::tryParse(value, address) ? value : std::string();
}

bool is_cookie_byte(char c) {
    return c >= 0x20 && c < 0x7F && c != '"' && c != ';' && c != '\\';
}

// Returns the value of the first valid cookie with this name.
std::string cookie(const HttpRequest& request, const std::string& wanted) {
    if (wanted.empty()) return {};
    for (const HttpField& field : request.fields) {
        if (!equals_ignore_case(field.name, "Cookie")) continue;
        for (const std::string_view part : split(field.value, ';')) {
            const std::string_view pair = trim(part);
            const size_t equals = std::min(pair.find('='), pair.size());
            if (trim(pair.substr(0, equals)) != wanted) continue;
            std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
            if (value.size() > 1 && value.front() == '"' && value.back() == '"')
                value = value.substr(1, value.size() - 2);
            if (std::all_of(value.begin(), value.end(), is_cookie_byte)) return std::string(value);
        }
    }
    return {};
}

CookieValues cookies_of(const HttpRequest& request, const CookieNames& names) {
    return {cookie(request, names.jwt), cookie(request, names.user),
            cookie(request, names.password), cookie(request, names.token)};
}

// Whether the key is 16 bytes in standard base64 with padding.
bool is_websocket_key(std::string_view key) {
    constexpr size_t characters = 22;
    return key.size() == characters + 2 && key.ends_with("==") &&
           std::all_of(key.begin(), key.begin() + characters, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '+' || c == '/';
           });
}

// Returns status and reason if the request is not an upgrade to WebSocket.
std::optional<std::pair<int, std::string>> find_fault(const HttpRequest& request) {
    const auto fault = [](int status, std::string why) {
        return std::pair(status, std::move(why));
    };
    if (request.method != "GET") {
        return fault(HTTPResponse::HTTP_METHOD_NOT_ALLOWED, "request method must be GET");
    }
    constexpr int bad_request = HTTPResponse::HTTP_BAD_REQUEST;
    if (request.host.empty()) return fault(bad_request, "'Host' missing in request");
    if (!has_value(request, "Upgrade", "websocket")) {
        return fault(bad_request, "invalid value for header 'Upgrade'");
    }
    if (!has_value(request, "Connection", "Upgrade")) {
        return fault(bad_request, "invalid value for header 'Connection'");
    }
    const std::string key = request.get("Sec-WebSocket-Key");
    if (key.empty()) return fault(bad_request, "key missing");
    if (!is_websocket_key(key)) return fault(bad_request, "invalid websocket key");
    if (!has_value(request, "Sec-WebSocket-Version", "13")) {
        return fault(bad_request, "invalid version");
    }
    return std::nullopt;
}

Upgrade judge(const HttpRequest& request, const UpgradeRules& rules) {
    if (auto fault = find_fault(request)) return refuse(fault->first, std::move(fault->second));
    std::string origin = request.get("Origin");
    if (origin.empty()) origin = request.get("Sec-WebSocket-Origin");
    if (const auto allowed = rules.origins.check(origin, request.host, rules.tls); !allowed) {
        return refuse(HTTPResponse::HTTP_FORBIDDEN, "origin not allowed: " + allowed.error().text);
    }
    const std::string& path = request.path;
    if (path.ends_with("/mqtt"))
        return refuse(HTTPResponse::HTTP_NOT_FOUND, "mqtt websocket endpoint not enabled");
    if (path.ends_with("/leafnode")) {
        return refuse(HTTPResponse::HTTP_NOT_FOUND,
                      "Not configured to accept leaf node connections");
    }
    Upgrade upgrade;
    upgrade.compression = rules.compression && offers_deflate(request);
    upgrade.masked = request.get("Nats-No-Masking") != "true";
    upgrade.browser = request.get("User-Agent").starts_with("Mozilla/");
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

Upgrade judge_upgrade(std::string_view head, const UpgradeRules& rules) {
    const auto request = parse_http_request(head);
    if (!request) return answer_fault(request.error());
    if (auto answer = answer_elsewhere(*request)) return std::move(*answer);
    return judge(*request, rules);
}

Upgrade refuse_long_head() {
    return refuse(HTTPResponse::HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE,
                  fmt::format("the request's head is longer than {} bytes", request_head_max));
}

}  // namespace midge
