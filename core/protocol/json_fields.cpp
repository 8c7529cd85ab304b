#include "protocol/json_fields.h"

#include <fmt/format.h>

#include <charconv>
#include <functional>
#include <limits>
#include <optional>

#include "protocol/json_syntax.h"

namespace midge {
namespace {

std::string_view kind_of(std::string_view value) {
    switch (value.front()) {
        case '{':
            return "object";
        case '[':
            return "array";
        case '"':
            return "string";
        case 't':
        case 'f':
            return "bool";
        default:
            return "number";
    }
}

std::string_view go_name(JsonType type) {
    switch (type) {
        case JsonType::boolean:
            return "bool";
        case JsonType::string:
            return "string";
        case JsonType::int_64:
            return "int";
        case JsonType::int_32:
            return "int32";
        case JsonType::uint_64:
            return "uint64";
        case JsonType::uint_8:
            return "uint8";
        case JsonType::strings:
            return "[]string";
        case JsonType::bytes:
            return "[]uint8";
        case JsonType::permission:
            break;
    }
    return "server.SubjectPermission";
}

JsonType type_of(const JsonField& field) {
    struct Visitor {
        JsonType operator()(bool*) const { return JsonType::boolean; }
        JsonType operator()(std::string*) const { return JsonType::string; }
        JsonType operator()(int64_t*) const { return JsonType::int_64; }
        JsonType operator()(JsonType type) const { return type; }
    };
    return std::visit(Visitor{}, field.target);
}

// Converts to lower case, including the two characters beyond ASCII whose lower case is ASCII: the
// Kelvin sign and the long s.
std::string fold(std::string_view name) {
    std::string out;
    while (!name.empty()) {
        size_t length = 1;
        char c = name.front();
        if (name.starts_with("\u212A")) {
            length = 3;
            c = 'k';
        } else if (name.starts_with("\u017F")) {
            length = 2;
            c = 's';
        } else if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c + 32);
        }
        out += c;
        name.remove_prefix(length);
    }
    return out;
}

template <class Number>
bool fits(std::string_view value, Number& out) {
    // Like Go, rejects a minus sign for unsigned numbers, even before 0.
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), out);
    return error == std::errc() && end == value.data() + value.size();
}

bool is_number_of(std::string_view value, JsonType type) {
    int64_t number = 0;
    uint64_t natural = 0;
    switch (type) {
        case JsonType::int_64:
            return fits(value, number);
        case JsonType::int_32:
            return fits(value, number) && number >= std::numeric_limits<int32_t>::min() &&
                   number <= std::numeric_limits<int32_t>::max();
        case JsonType::uint_8:
            return fits(value, natural) && natural <= std::numeric_limits<uint8_t>::max();
        default:
            return fits(value, natural);
    }
}

using MemberReader = std::function<bool(std::string name, std::string_view value)>;

// Calls `read` for each member of a valid object, until it returns false.
void each_member(std::string_view object, const MemberReader& read) {
    std::string_view rest = skip_json_blanks(object.substr(1));
    while (rest.front() != '}') {
        const std::string_view name = first_json_value(rest);
        rest = skip_json_blanks(rest.substr(name.size()));
        rest = skip_json_blanks(rest.substr(1));  // the colon
        const std::string_view value = first_json_value(rest);
        if (!read(json_unquote(name), value)) return;
        rest = skip_json_blanks(rest.substr(value.size()));
        if (rest.front() == ',') rest = skip_json_blanks(rest.substr(1));
    }
}

class FieldReader {
  public:
    FieldReader(std::string_view type, std::span<const JsonField> fields)
        : type_(type), fields_(fields) {}

    [[nodiscard]] Result<> read(std::string_view object) {
        each_member(object, [this](const std::string& name, std::string_view value) {
            const std::string folded = fold(name);
            for (const JsonField& field : fields_) {
                if (field.name == folded)
                    return read_value(field, fmt::format("{}.{}", type_, name), value);
            }
            return true;
        });
        return std::move(outcome_);
    }

  private:
    // Checks whether the value has the field's type. `path` is the field's name in errors.
    [[nodiscard]] bool read_value(const JsonField& field, const std::string& path,
                                  std::string_view value) {
        if (value == "null") return true;
        const JsonType type = type_of(field);
        if (!check_value(type, path, value)) return false;
        if (auto* const flag = std::get_if<bool*>(&field.target)) **flag = value == "true";
        if (auto* const text = std::get_if<std::string*>(&field.target))
            **text = json_unquote(value);
        if (auto* const number = std::get_if<int64_t*>(&field.target)) (void)fits(value, **number);
        return true;
    }

    [[nodiscard]] bool check_value(JsonType type, const std::string& path, std::string_view value) {
        const std::string_view kind = kind_of(value);
        switch (type) {
            case JsonType::boolean:
                return kind == "bool" || wrong(path, kind, type);
            case JsonType::string:
                return kind == "string" || wrong(path, kind, type);
            case JsonType::bytes:
                return kind == "string" || kind == "array" || wrong(path, kind, type);
            case JsonType::strings:
                return kind == "array" ? check_strings(path, value) : wrong(path, kind, type);
            case JsonType::permission:
                return kind == "object" ? check_permission(path, value) : wrong(path, kind, type);
            default:
                break;
        }
        if (kind != "number") return wrong(path, kind, type);
        return is_number_of(value, type) || wrong(path, fmt::format("number {}", value), type);
    }

    [[nodiscard]] bool check_strings(const std::string& path, std::string_view array) {
        std::string_view rest = skip_json_blanks(array.substr(1));
        for (size_t i = 0; rest.front() != ']'; ++i) {
            const std::string_view item = first_json_value(rest);
            const std::string_view kind = kind_of(item);
            if (kind != "string" && item != "null") {
                refuse(fmt::format("json: cannot unmarshal {} into {}.{} of type string", kind,
                                   path, i));
                return false;
            }
            rest = skip_json_blanks(rest.substr(item.size()));
            if (rest.front() == ',') rest = skip_json_blanks(rest.substr(1));
        }
        return true;
    }

    // Checks the permission of a route or leaf node: allowed and denied subjects.
    [[nodiscard]] bool check_permission(const std::string& path, std::string_view object) {
        each_member(object, [&](const std::string& name, std::string_view value) {
            const std::string folded = fold(name);
            if (value == "null" || (folded != "allow" && folded != "deny")) return true;
            return check_value(JsonType::strings, fmt::format("{}.{}", path, name), value);
        });
        return outcome_.has_value();
    }

    // Always returns false.
    [[nodiscard]] bool wrong(const std::string& path, std::string_view kind, JsonType type) {
        refuse(fmt::format("json: cannot unmarshal {} into Go struct field {} of type {}", kind,
                           path, go_name(type)));
        return false;
    }
    void refuse(std::string why) { outcome_ = fail(Errc::invalid, std::move(why)); }

    std::string_view type_;
    std::span<const JsonField> fields_;
    Result<> outcome_;
};

}  // namespace

Result<> read_json_fields(std::string_view text, std::string_view type,
                          std::span<const JsonField> fields) {
    if (auto checked = check_json(text); !checked) return checked;
    const std::string_view value = skip_json_blanks(text);
    if (value.front() == 'n') return {};
    if (value.front() != '{') {
        return fail(Errc::invalid,
                    fmt::format("json: cannot unmarshal {} into Go value of type server.{}",
                                kind_of(value), type));
    }
    return FieldReader(type, fields).read(value);
}

}  // namespace midge
