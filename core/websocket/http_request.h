#pragma once
// The head of an HTTP request, as nats-server's HTTP library takes it: neither more nor less.
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace midge {

struct HttpField {
    std::string name;  // as it was sent
    std::string value;
};

struct HttpRequest {
    std::string method;
    std::string target;     // as it was sent
    std::string path;       // of the target, escapes as they were sent; "*" and "" are possible
    std::string query;      // with its question mark
    int minor_version = 0;  // of HTTP/1
    std::string host;       // of the target, else of the field
    std::vector<HttpField> fields;

    // The first value of that name in any case; null if there is none.
    [[nodiscard]] const std::string* find(std::string_view name) const;
    [[nodiscard]] std::string get(std::string_view name) const;
};

// Why a request is none, or none for us.
struct HttpFault {
    int status = 400;
    std::string said;  // to the client, behind the status; may be empty
    std::string why;   // for the log
};

// The size of the head at the beginning of `input`: up to an empty line, lines ending in LF with or
// without a CR, or to the end of a first line that begins no request. Nothing while it is not
// whole.
[[nodiscard]] std::optional<size_t> request_head_size(std::string_view input);

[[nodiscard]] tl::expected<HttpRequest, HttpFault> parse_http_request(std::string_view head);

// Whether `text` may be the name of a field or a method.
[[nodiscard]] bool is_http_token(std::string_view text);

}  // namespace midge
