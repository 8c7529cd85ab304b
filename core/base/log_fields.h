#pragma once
// What a log line says under names of its own, for logs in JSON.
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace midge {

// One fact, as a caller names it: {"reason", why}. A view for the length of a call; `name` is a
// literal. docs/logging.md lists the names.
struct LogField {
    LogField(std::string_view key, std::string_view text) : name(key), value(text) {}
    LogField(std::string_view key, const std::string& text)
        : LogField(key, std::string_view(text)) {}
    LogField(std::string_view key, const char* text) : LogField(key, std::string_view(text)) {}
    template <std::integral Number>
    requires(!std::same_as<Number, bool>) LogField(std::string_view key, Number number)
        : name(key), value(static_cast<uint64_t>(number)) {}

    std::string_view name;
    std::variant<std::string_view, uint64_t> value;
};

// The facts of a line, kept. In the order in which their names came first.
class LogFields {
  public:
    using Value = std::variant<std::string, uint64_t>;

    LogFields() = default;
    LogFields(std::initializer_list<LogField> fields) { add_all(fields); }

    // The value replaces an earlier one of the same name. Empty texts are left out.
    void add(const LogField& field) {
        Value value;
        if (const auto* const number = std::get_if<uint64_t>(&field.value)) {
            value = *number;
        } else {
            value = std::string(std::get<std::string_view>(field.value));
            if (std::get<std::string>(value).empty()) return;
        }
        for (auto& [name, old] : fields_) {
            if (name != field.name) continue;
            old = std::move(value);
            return;
        }
        fields_.emplace_back(field.name, std::move(value));
    }
    void add_all(std::initializer_list<LogField> fields) {
        for (const LogField& field : fields) add(field);
    }

    [[nodiscard]] const std::vector<std::pair<std::string_view, Value>>& all() const noexcept {
        return fields_;
    }

  private:
    std::vector<std::pair<std::string_view, Value>> fields_;
};

// A line together with its facts. A view for the length of a call.
struct LogEntry {
    std::string_view text;  // the whole line, as a log of text shows it
    size_t prefix_bytes =
        0;  // of `text`: "127.0.0.1:4222 - cid:5 - ", which the fields say as well
    const LogFields& fields;
};

}  // namespace midge
