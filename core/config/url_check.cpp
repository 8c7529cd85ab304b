#include "config/url_check.h"

#include <algorithm>
#include <string>

#include "base/ip_address.h"

namespace midge {
namespace {

constexpr unsigned char ascii_end = 0x80;
constexpr std::string_view zone_start = "%25";  // an encoded percent sign

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) {
    return is_letter(c) || is_digit(c);
}

int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool has_control_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < ' ' || byte == 0x7F;
    });
}

// Whether every percent sign begins an encoded byte. `allowed` decides about each.
template <class Allowed>
bool is_encoded(std::string_view text, Allowed allowed) {
    for (size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 3)) {
        if (text.size() - at < 3 || hex_digit(text[at + 1]) < 0 || hex_digit(text[at + 2]) < 0)
            return false;
        if (!allowed(text.substr(at, 3))) return false;
    }
    return true;
}

bool is_encoded(std::string_view text) {
    return is_encoded(text, [](std::string_view) { return true; });
}

bool is_port_or_empty(std::string_view text) {
    if (text.empty()) return true;
    return text.front() == ':' && std::all_of(text.begin() + 1, text.end(), is_digit);
}

bool has_host_characters(std::string_view text) {
    constexpr std::string_view others = "-_.~!$&'()*+,;=:[]<>\"%";
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return static_cast<unsigned char>(c) >= ascii_end || is_alphanumeric(c) ||
               others.find(c) != std::string_view::npos;
    });
}

// In a host, only bytes beyond ASCII and the percent sign itself may be encoded.
bool is_host_name(std::string_view text) {
    constexpr int beyond_ascii = 8;
    return has_host_characters(text) && is_encoded(text, [](std::string_view byte) {
               return byte == zone_start || hex_digit(byte[1]) >= beyond_ascii;
           });
}

// Checks an IPv6 address, which may be followed by "%25" and a zone.
bool is_ip_literal(std::string_view text) {
    const size_t zone = text.find(zone_start);
    const std::string_view address = text.substr(0, zone);
    if (address.find(':') == std::string_view::npos || !parse_ip(address)) return false;
    if (zone == std::string_view::npos) return true;
    const std::string_view name = text.substr(zone + zone_start.size());
    return !name.empty() && has_host_characters(name) &&
           is_encoded(name, [](std::string_view byte) {
               const char decoded = static_cast<char>(hex_digit(byte[1]) * 16 + hex_digit(byte[2]));
               return decoded == '%' || decoded == ' ' ||
                      (static_cast<unsigned char>(decoded) < ascii_end &&
                       has_host_characters({&decoded, 1}));
           });
}

bool is_host(std::string_view text) {
    const size_t bracket = text.rfind('[');
    if (bracket != std::string_view::npos) {
        const size_t end = text.rfind(']');
        return bracket == 0 && end != std::string_view::npos &&
               is_port_or_empty(text.substr(end + 1)) && is_ip_literal(text.substr(1, end - 1));
    }
    const size_t colon = text.rfind(':');
    if (colon != std::string_view::npos && !is_port_or_empty(text.substr(colon))) return false;
    return is_host_name(text);
}

bool is_user_info(std::string_view text) {
    constexpr std::string_view others = "-._:~!$&'()*+,;=%@";
    return is_encoded(text) && std::all_of(text.begin(), text.end(), [&](char c) {
               return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
           });
}

bool is_authority(std::string_view text) {
    const size_t at = text.rfind('@');
    if (at == std::string_view::npos) return is_host(text);
    return is_user_info(text.substr(0, at)) && is_host(text.substr(at + 1));
}

// Returns the position of the colon after the scheme; 0 if there is no scheme; npos if there is a
// colon without a scheme.
size_t scheme_size(std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == ':') return i == 0 ? std::string_view::npos : i;
        const bool later = is_digit(c) || c == '+' || c == '-' || c == '.';
        if (!is_letter(c) && (i == 0 || !later)) return 0;
    }
    return 0;
}

}  // namespace

bool is_go_url(std::string_view text) {
    const size_t hash = text.find('#');
    if (hash != std::string_view::npos && !is_encoded(text.substr(hash + 1))) return false;
    std::string_view rest = text.substr(0, hash);
    if (has_control_character(rest)) return false;
    if (rest == "*") return true;
    const size_t scheme = scheme_size(rest);
    if (scheme == std::string_view::npos) return false;
    if (scheme > 0) rest.remove_prefix(scheme + 1);
    rest = rest.substr(0, rest.find('?'));
    if (!rest.starts_with('/')) {
        if (scheme > 0) return true;  // "mailto:somebody"
        if (rest.substr(0, rest.find('/')).find(':') != std::string_view::npos) return false;
    }
    if (rest.starts_with("//") && (scheme > 0 || !rest.starts_with("///"))) {
        rest.remove_prefix(2);
        const size_t slash = std::min(rest.find('/'), rest.size());
        if (!is_authority(rest.substr(0, slash))) return false;
        rest.remove_prefix(slash);
    }
    return is_encoded(rest);
}

}  // namespace midge
