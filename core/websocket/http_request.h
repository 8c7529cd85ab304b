#pragma once
// Parses the head of an HTTP request, exactly as strictly as nats-server's HTTP library.
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace midge {

struct HttpField {
    std::string name;  // as sent
    std::string value;
};

struct HttpRequest {
    std::string method;
    std::string target;     // as sent
    std::string path;       // path of the target with escapes as sent; may be "*" or ""
    std::string query;      // with the question mark
    int minor_version = 0;  // of HTTP/1
    std::string host;       // from the target, or else from the Host field
    std::vector<HttpField> fields;

    // Returns the first value of a field, ignoring case; null if there is none.
    [[nodiscard]] const std::string* find(std::string_view name) const;
    [[nodiscard]] std::string get(std::string_view name) const;
};

// The reason why a request is invalid or refused.
struct HttpFault {
    int status = 400;
    std::string said;  // text for the client after the status; may be empty
    std::string why;   // for the log
};

// Returns the size of the head at the start of `input`: up to an empty line (lines end in LF, with
// or without a CR), or to the end of a first line that is not the start of a request. Returns no
// value while the head is incomplete.
[[nodiscard]] std::optional<size_t> request_head_size(std::string_view input);

[[nodiscard]] tl::expected<HttpRequest, HttpFault> parse_http_request(std::string_view head);

// Whether `text` is valid as the name of a field or a method.
[[nodiscard]] bool is_http_token(std::string_view text);

}  // namespace midge
