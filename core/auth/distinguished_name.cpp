#include "auth/distinguished_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace midge {
namespace {

constexpr std::string_view domain_component = "DC";
// The types in Go's text, in its order.
constexpr std::array<std::string_view, 9> text_types = {
    "SERIALNUMBER", "CN", "POSTALCODE", "STREET", "ST", "L", "OU", "O", "C"};

class NameReader {
  public:
    explicit NameReader(std::string_view text) : rest_(text) {}

    std::optional<DistinguishedName> read() {
        while (!rest_.empty()) {
            const char next = rest_.front();
            rest_.remove_prefix(1);
            if (!take(next)) return std::nullopt;
        }
        // An empty value at the end is ignored.
        if (buffer_.empty()) return std::move(name_);
        if (!end_attribute()) return std::nullopt;
        name_.push_back(std::move(set_));
        return std::move(name_);
    }

  private:
    bool take(char next) {
        switch (next) {
            case '\\':
                return take_escaped();
            case '=':
                type_ = end_text();
                return !rest_.starts_with('#');  // a value in hex, which is BER
            case '+':
                return end_attribute();
            case ',':
                if (!end_attribute()) return false;
                name_.push_back(std::exchange(set_, {}));
                return true;
            case ' ':
                if (buffer_.empty()) return true;
                ++blanks_at_end_;
                buffer_ += next;
                return true;
            default:
                blanks_at_end_ = 0;
                buffer_ += next;
                return true;
        }
    }

    bool take_escaped() {
        constexpr std::string_view special = " \"#+,;<=>\\";
        blanks_at_end_ = 0;
        if (rest_.empty()) return true;
        if (special.find(rest_.front()) != std::string_view::npos) {
            buffer_ += rest_.front();
            rest_.remove_prefix(1);
            return true;
        }
        const auto byte = rest_.size() < 2 ? std::nullopt : hex_byte(rest_.substr(0, 2));
        if (!byte) return false;
        buffer_ += *byte;
        rest_.remove_prefix(2);
        return true;
    }

    static std::optional<char> hex_byte(std::string_view digits) {
        int value = 0;
        for (const char digit : digits) {
            const std::string_view all = "0123456789abcdef";
            const size_t found = all.find(to_lower_ascii({&digit, 1}));
            if (found == std::string_view::npos) return std::nullopt;
            value = value * 16 + static_cast<int>(found);
        }
        return static_cast<char>(value);
    }

    std::string end_text() {
        buffer_.resize(buffer_.size() - std::exchange(blanks_at_end_, 0));
        return std::exchange(buffer_, {});
    }

    bool end_attribute() {
        if (type_.empty()) return false;
        set_.emplace_back(std::exchange(type_, {}), end_text());
        return true;
    }

    std::string_view rest_;
    DistinguishedName name_;
    std::vector<NameAttribute> set_;
    std::string type_;
    std::string buffer_;
    size_t blanks_at_end_ = 0;  // blanks at the end of buffer_ that are not escaped
};

// Returns a key for each set, with its attributes sorted.
std::vector<std::string> set_keys(const DistinguishedName& name) {
    std::vector<std::string> keys;
    for (const auto& set : name) {
        std::vector<std::string> attributes;
        attributes.reserve(set.size());
        for (const auto& [type, value] : set)
            attributes.push_back(
                fmt::format("{}={}:{}", to_lower_ascii(type), value.size(), value));
        std::sort(attributes.begin(), attributes.end());
        keys.push_back(fmt::format("{}", fmt::join(attributes, "+")));
    }
    return keys;
}

std::string escaped(std::string_view value) {
    constexpr std::string_view special = ",+\"\\<>;";
    std::string out;
    for (size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        const bool at_edge = i == 0 || i + 1 == value.size();
        if (special.find(c) != std::string_view::npos || (c == ' ' && at_edge) ||
            (c == '#' && i == 0))
            out += '\\';
        out += c;
    }
    return out;
}

// Returns the values in the order of the certificate.
std::vector<std::string_view> values_of(const DistinguishedName& subject, std::string_view type) {
    std::vector<std::string_view> values;
    for (auto set = subject.rbegin(); set != subject.rend(); ++set) {
        for (const auto& [name, value] : *set) {
            if (name == type) values.push_back(value);
        }
    }
    return values;
}

}  // namespace

std::optional<DistinguishedName> parse_distinguished_name(std::string_view text) {
    return NameReader(text).read();
}

bool is_comparable(const DistinguishedName& subject) {
    const auto known = [](const NameAttribute& attribute) {
        return attribute.first == domain_component ||
               std::find(text_types.begin(), text_types.end(), attribute.first) != text_types.end();
    };
    return std::all_of(subject.begin(), subject.end(),
                       [&](const auto& set) { return std::all_of(set.begin(), set.end(), known); });
}

std::string ordered_key(const DistinguishedName& name) {
    return fmt::format("{}", fmt::join(set_keys(name), ","));
}

std::string unordered_key(const DistinguishedName& name) {
    auto keys = set_keys(name);
    std::sort(keys.begin(), keys.end());
    return fmt::format("{}", fmt::join(keys, ","));
}

std::vector<std::string> go_subject_texts(const DistinguishedName& subject) {
    std::string text;
    for (const std::string_view type : text_types) {
        std::vector<std::string_view> values = values_of(subject, type);
        const bool single = type == "CN" || type == "SERIALNUMBER";
        if (single && values.size() > 1) values.erase(values.begin(), values.end() - 1);
        if (single && !values.empty() && values.front().empty()) continue;
        for (size_t i = 0; i < values.size(); ++i) {
            if (!text.empty()) text += i == 0 ? ',' : '+';
            text += fmt::format("{}={}", type, escaped(values[i]));
        }
    }
    std::vector<std::string> texts;
    const auto components = values_of(subject, domain_component);
    if (!components.empty()) {
        std::string with_components = text;
        for (const std::string_view component : components)
            with_components += fmt::format(",{}={}", domain_component, component);
        texts.push_back(std::move(with_components));
    }
    texts.push_back(std::move(text));
    return texts;
}

}  // namespace midge
