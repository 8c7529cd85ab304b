#include "config/config_scalar.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <limits>

#include "base/text.h"

namespace midge {
namespace {

// Returns the factor of "k", "MB", "gib" and so on, or 0 for another suffix.
int64_t size_factor(std::string_view suffix) {
    constexpr std::string_view letters = "kmgtpe";
    if (suffix.empty()) return 1;
    const std::string lower = to_lower_ascii(suffix);
    const std::string_view rest = std::string_view(lower).substr(1);
    const bool binary = rest == "b" || rest == "i" || rest == "ib";
    if (!binary && !rest.empty()) return 0;
    int64_t factor = 1;
    for (size_t power = letters.find(lower[0]) + 1; power > 0; --power)
        factor *= binary ? 1024 : 1000;
    return factor;
}

Result<int64_t> to_integer(const std::string& text) {
    int64_t number = 0;
    const char* const stop = text.data() + text.size();
    const auto [digits_end, failure] = std::from_chars(text.data(), stop, number);
    const int64_t factor =
        size_factor(std::string_view(digits_end, static_cast<size_t>(stop - digits_end)));
    if (factor == 0)
        return fail(Errc::invalid, fmt::format("expected integer, but got '{}'", text));
    using Limits = std::numeric_limits<int64_t>;
    if (failure != std::errc() || number > Limits::max() / factor ||
        number < Limits::min() / factor) {
        return fail(Errc::invalid, fmt::format("integer '{}' is out of the range", text));
    }
    return number * factor;
}

Result<double> to_real(const std::string& text) {
    double number = 0;
    const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || stop != text.data() + text.size()) {
        return fail(Errc::invalid, fmt::format("float '{}' is out of the range", text));
    }
    return number;
}

Result<ConfigDate> to_date(const std::string& text) {
    const auto part = [&](size_t at, size_t size) {
        int value = 0;
        std::from_chars(text.data() + at, text.data() + at + size, value);
        return value;
    };
    const std::chrono::year_month_day day(std::chrono::year(part(0, 4)),
                                          std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                          std::chrono::day(static_cast<unsigned>(part(8, 2))));
    if (!day.ok() || part(11, 2) > 23 || part(14, 2) > 59 || part(17, 2) > 59) {
        return fail(Errc::invalid,
                    fmt::format("expected Zulu formatted DateTime, but got '{}'", text));
    }
    return ConfigDate{text};
}

bool is_true(std::string_view text) {
    const std::string lower = to_lower_ascii(text);
    return lower == "true" || lower == "yes" || lower == "on";
}

}  // namespace

Result<ConfigData> scalar_data(const ConfigScalar& scalar) {
    const auto data = [](auto value) { return ConfigData(std::move(value)); };
    switch (scalar.kind) {
        case ConfigScalar::Kind::boolean:
            return ConfigData(is_true(scalar.text));
        case ConfigScalar::Kind::integer:
            return to_integer(scalar.text).map(data);
        case ConfigScalar::Kind::real:
            return to_real(scalar.text).map(data);
        case ConfigScalar::Kind::date:
            return to_date(scalar.text).map(data);
        case ConfigScalar::Kind::text:
        case ConfigScalar::Kind::variable:
            break;
    }
    return ConfigData(scalar.text);
}

}  // namespace midge
