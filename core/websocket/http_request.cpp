#include "websocket/http_request.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace midge {
namespace {

using Fault = tl::unexpected<HttpFault>;

constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_decimal(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_hexadecimal(char c) {
    return is_decimal(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr bool is_control_character(char c) {
    return static_cast<uint8_t>(c) < 0x20 || c == 0x7F;
}
constexpr bool is_token_byte(char c) {
    return is_letter(c) || is_decimal(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
constexpr bool is_host_byte(char c) {
    return is_letter(c) || is_decimal(c) ||
           std::string_view("!$%&'()*+,-.:;=[]_~").find(c) != std::string_view::npos;
}

Fault malformed(std::string why) {
    return Fault({400, {}, "malformed request: " + std::move(why)});
}

// Removes the first line from `text`, and returns it without its end.
std::string_view take_line(std::string_view& text) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::string_view trim_blanks(std::string_view text) {
    const size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_version(std::string_view text) {
    return text.size() == 8 && text.starts_with("HTTP/") && is_decimal(text[5]) && text[6] == '.' &&
           is_decimal(text[7]);
}

// Splits the first line of a request. Returns false if it is invalid.
bool split_first_line(std::string_view line, std::string_view& method, std::string_view& target,
                      std::string_view& version) {
    const size_t first = line.find(' ');
    if (first == std::string_view::npos) return false;
    const size_t second = line.find(' ', first + 1);
    if (second == std::string_view::npos) return false;
    method = line.substr(0, first);
    target = line.substr(first + 1, second - first - 1);
    version = line.substr(second + 1);
    return is_http_token(method) && is_version(version);
}

bool has_good_escapes(std::string_view text) {
    for (size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
        if (at + 2 >= text.size() || !is_hexadecimal(text[at + 1]) || !is_hexadecimal(text[at + 2]))
            return false;
    }
    return true;
}

// Returns the length of the scheme at the start of `target`, without its colon; 0 if there is none;
// no value if there is a colon but no scheme.
std::optional<size_t> scheme_size(std::string_view target) {
    for (size_t at = 0; at < target.size(); ++at) {
        const char c = target[at];
        if (is_letter(c)) continue;
        if (c == ':') return at == 0 ? std::nullopt : std::optional(at);
        const bool inside = is_decimal(c) || c == '+' || c == '-' || c == '.';
        if (!inside || at == 0) return 0;
    }
    return 0;
}

bool is_authority(std::string_view text) {
    const size_t at_sign = text.rfind('@');
    std::string_view host = at_sign == std::string_view::npos ? text : text.substr(at_sign + 1);
    if (host.starts_with('[')) {
        const size_t end = host.rfind(']');
        if (end == std::string_view::npos) return false;
        host.remove_prefix(end + 1);
        if (!host.empty() && host.front() != ':') return false;
    }
    const size_t colon = host.rfind(':');
    const std::string_view port =
        colon == std::string_view::npos ? std::string_view() : host.substr(colon + 1);
    return std::all_of(port.begin(), port.end(), is_decimal) &&
           text.find(' ') == std::string_view::npos;
}

// Sets path, query and host from the target. Returns false if it is invalid.
bool read_target(HttpRequest& request) {
    std::string_view rest = request.target;
    if (rest.empty() || std::any_of(rest.begin(), rest.end(), is_control_character)) return false;
    if (rest == "*") {
        request.path = rest;
        return true;
    }
    const auto scheme = scheme_size(rest);
    if (!scheme) return false;
    if (*scheme > 0) rest.remove_prefix(*scheme + 1);
    const size_t question = std::min(rest.find('?'), rest.size());
    request.query = rest.substr(question);
    rest = rest.substr(0, question);
    if (!rest.starts_with('/')) return *scheme > 0;  // opaque target without path
    if (*scheme > 0 && rest.starts_with("//")) {
        rest.remove_prefix(2);
        const size_t slash = std::min(rest.find('/'), rest.size());
        const std::string_view authority = rest.substr(0, slash);
        if (!is_authority(authority)) return false;
        request.host = authority.substr(authority.rfind('@') + 1);
        rest.remove_prefix(slash);
    }
    request.path = rest;
    return has_good_escapes(rest);
}

bool is_field_value(std::string_view value) {
    return std::none_of(value.begin(), value.end(),
                        [](char c) { return is_control_character(c) && c != '\t'; });
}

// Reads the fields. Continuation lines are joined with blanks.
tl::expected<void, HttpFault> read_fields(std::string_view text, HttpRequest& request) {
    while (true) {
        const std::string_view line = take_line(text);
        if (line.empty()) return {};
        if (line.front() == ' ' || line.front() == '\t') {
            if (request.fields.empty()) return malformed("a field goes on that has not begun");
            if (!is_field_value(line)) return malformed("a control character in a field");
            request.fields.back().value.append(1, ' ').append(trim_blanks(line));
            continue;
        }
        const size_t colon = line.find(':');
        if (colon == std::string_view::npos) return malformed("a line without a colon");
        const std::string_view name = line.substr(0, colon);
        const bool named = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
            return is_token_byte(c) || c == ' ';
        });
        if (!named) return malformed("a bad name of a field");
        if (!is_field_value(line.substr(colon + 1)))
            return malformed("a control character in a field");
        request.fields.push_back(
            {std::string(name), std::string(trim_blanks(line.substr(colon + 1)))});
    }
}

std::vector<std::string_view> all_of(const HttpRequest& request, std::string_view name) {
    std::vector<std::string_view> values;
    for (const HttpField& field : request.fields) {
        if (equals_ignore_case(field.name, name)) values.emplace_back(field.value);
    }
    return values;
}

// Checks the description of the body, although nobody reads the body.
tl::expected<void, HttpFault> check_body(const HttpRequest& request) {
    const auto encodings = all_of(request, "Transfer-Encoding");
    if (!encodings.empty() && request.minor_version > 0) {
        if (encodings.size() == 1 && equals_ignore_case(encodings[0], "chunked")) return {};
        return Fault({501, "Unsupported transfer encoding", "unsupported transfer encoding"});
    }
    const auto lengths = all_of(request, "Content-Length");
    constexpr size_t digits_max = 18;
    for (const std::string_view length : lengths) {
        if (length != lengths[0] || length.empty() || length.size() > digits_max ||
            !std::all_of(length.begin(), length.end(), is_decimal))
            return malformed("a bad Content-Length");
    }
    return {};
}

// Checks the fields that the protocol requires. The major version is 1.
tl::expected<void, HttpFault> check_fields(const HttpRequest& request) {
    const auto hosts = all_of(request, "Host");
    const auto fault = [](const std::string& said) {
        return Fault({400, said, "malformed request: " + said});
    };
    if (request.minor_version > 0 && hosts.empty() && request.method != "CONNECT")
        return fault("missing required Host header");
    if (hosts.size() == 1 && !std::all_of(hosts[0].begin(), hosts[0].end(), is_host_byte))
        return fault("malformed Host header");
    for (const HttpField& field : request.fields) {
        if (!is_http_token(field.name)) return fault("invalid header name");
    }
    return {};
}

}  // namespace

bool is_http_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_byte);
}

const std::string* HttpRequest::find(std::string_view name) const {
    for (const HttpField& field : fields) {
        if (equals_ignore_case(field.name, name)) return &field.value;
    }
    return nullptr;
}

std::string HttpRequest::get(std::string_view name) const {
    const std::string* const value = find(name);
    return value != nullptr ? *value : std::string();
}

std::optional<size_t> request_head_size(std::string_view input) {
    std::string_view rest = input;
    if (rest.find('\n') == std::string_view::npos) return std::nullopt;
    std::string_view method, target, version;
    if (!split_first_line(take_line(rest), method, target, version))
        return input.size() - rest.size();
    while (rest.find('\n') != std::string_view::npos) {
        if (take_line(rest).empty()) return input.size() - rest.size();
    }
    return std::nullopt;
}

tl::expected<HttpRequest, HttpFault> parse_http_request(std::string_view head) {
    std::string_view rest = head;
    std::string_view method, target, version;
    if (!split_first_line(take_line(rest), method, target, version))
        return malformed("a bad request line");
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.minor_version = version[7] - '0';
    const bool is_proxy_request = method == "CONNECT" && !target.starts_with('/');
    if (!is_proxy_request && !read_target(request)) return malformed("a bad target");
    if (auto read = read_fields(rest, request); !read) return Fault(std::move(read.error()));
    if (all_of(request, "Host").size() > 1) return malformed("more than one Host");
    if (auto body = check_body(request); !body) return Fault(std::move(body.error()));
    if (version[5] != '1' && target != "*")
        return Fault({505, "unsupported protocol version", "unsupported protocol version"});
    if (auto good = check_fields(request); !good) return Fault(std::move(good.error()));
    if (request.host.empty()) request.host = request.get("Host");
    return request;
}

}  // namespace midge
