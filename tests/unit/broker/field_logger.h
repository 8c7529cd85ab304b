#pragma once
#include <fmt/format.h>

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"

namespace midge::test {

// Collects log lines with their fields, as the log in JSON does.
class FieldLogger final : public Logger {
  public:
    using Fields = std::map<std::string, std::string, std::less<>>;

    [[nodiscard]] bool enabled(LogLevel level) const noexcept override {
        return level != LogLevel::trace;
    }
    [[nodiscard]] bool takes_fields() const noexcept override { return true; }
    void write(LogLevel, std::string_view line) noexcept override { add(line, {}); }
    void write_entry(LogLevel, const LogEntry& entry) noexcept override {
        Fields fields;
        for (const auto& [name, value] : entry.fields.all())
            fields.emplace(name,
                           std::visit([](const auto& v) { return fmt::format("{}", v); }, value));
        add(entry.text.substr(entry.prefix_bytes), std::move(fields));
    }
    // Returns the fields of the first line whose text begins with `start`; nothing if there is
    // none.
    [[nodiscard]] std::optional<Fields> find(std::string_view start) const {
        const std::lock_guard lock(mutex_);
        for (const auto& [text, fields] : lines_) {
            if (text.starts_with(start)) return fields;
        }
        return std::nullopt;
    }
    // Whether `part` is in a text or in the value of a field.
    [[nodiscard]] bool shows(std::string_view part) const {
        const std::lock_guard lock(mutex_);
        for (const auto& [text, fields] : lines_) {
            if (text.find(part) != std::string::npos) return true;
            for (const auto& [name, value] : fields) {
                if (value.find(part) != std::string::npos) return true;
            }
        }
        return false;
    }

  private:
    void add(std::string_view text, Fields fields) {
        const std::lock_guard lock(mutex_);
        lines_.emplace_back(text, std::move(fields));
    }
    mutable std::mutex mutex_;
    std::vector<std::pair<std::string, Fields>> lines_;
};

}  // namespace midge::test
