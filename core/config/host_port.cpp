#include "config/host_port.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "base/text.h"
#include "base/wire_error.h"

namespace midge {
namespace {

tl::unexpected<Error> address_error(std::string_view text, std::string_view why) {
    return fail(Errc::invalid, fmt::format("address {}: {}", text, why));
}

}  // namespace

Result<std::pair<std::string_view, std::string_view>> split_host_port(std::string_view text) {
    constexpr std::string_view too_many = "too many colons in address";
    constexpr std::string_view no_port = "missing port in address";
    const size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return address_error(text, no_port);
    std::string_view host = text.substr(0, colon);
    size_t after_bracket = 0;  // from here on, brackets are not allowed
    if (text.starts_with('[')) {
        const size_t close = text.find(']');
        if (close == std::string_view::npos) return address_error(text, "missing ']' in address");
        if (close + 1 != colon) {
            const bool more = close + 1 < text.size() && text[close + 1] == ':';
            return address_error(text, more ? too_many : no_port);
        }
        host = text.substr(1, close - 1);
        after_bracket = close + 1;
    } else if (host.find(':') != std::string_view::npos) {
        return address_error(text, too_many);
    }
    if (text.find('[', after_bracket == 0 ? 0 : 1) != std::string_view::npos)
        return address_error(text, "unexpected '[' in address");
    if (text.find(']', after_bracket) != std::string_view::npos)
        return address_error(text, "unexpected ']' in address");
    return std::pair(host, text.substr(colon + 1));
}

Result<int64_t> parse_go_integer(std::string_view text) {
    std::string_view digits = text;
    if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
    int64_t number = 0;
    const char* const stop = digits.data() + digits.size();
    const auto [end, failure] = std::from_chars(digits.data(), stop, number);
    if (failure == std::errc() && end == stop) return number;
    const bool range = failure == std::errc::result_out_of_range && end == stop;
    return fail(Errc::invalid, fmt::format("strconv.Atoi: parsing {}: {}", go_quote(text),
                                           range ? "value out of range" : "invalid syntax"));
}

Result<std::pair<std::string, int>> parse_advertised(const std::string& text, int port) {
    std::string with_port = text;
    auto parts = split_host_port(with_port);
    if (!parts && parts.error().text.ends_with("missing port in address")) {
        with_port = fmt::format("{}:{}", text, port);
        parts = split_host_port(with_port);
    }
    if (!parts) return pass(parts);
    const auto number = parse_go_integer(trim(parts->second));
    if (!number) return fail(Errc::invalid, number.error().text);
    if (*number < std::numeric_limits<int>::min() || *number > std::numeric_limits<int>::max())
        return address_error(text, "port out of range");
    const bool given = *number != 0 && *number != -1;
    return std::pair(std::string(trim(parts->first)), given ? static_cast<int>(*number) : port);
}

}  // namespace midge
