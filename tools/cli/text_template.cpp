#include "text_template.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <random>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"

namespace midge::cli {
namespace {

std::vector<std::string_view> words_of(std::string_view action) {
    std::vector<std::string_view> words;
    for (const std::string_view word : split(action, ' ')) {
        if (!trim(word).empty()) words.push_back(trim(word));
    }
    return words;
}

Result<uint64_t> parse_length(std::string_view text) {
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value > random_text_max) {
        return fail(Errc::invalid, fmt::format("Random: \"{}\" is not a length from 0 to {}", text,
                                               random_text_max));
    }
    return value;
}

Result<std::string> random_text(std::string_view min_text, std::string_view max_text) {
    Result<uint64_t> min = parse_length(min_text);
    if (!min) return pass(min);
    Result<uint64_t> max = parse_length(max_text);
    if (!max) return pass(max);
    if (*min > *max) return fail(Errc::invalid, "Random: the least length exceeds the greatest");

    constexpr std::string_view letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    thread_local std::mt19937_64 generator{std::random_device{}()};
    const uint64_t length = std::uniform_int_distribution<uint64_t>(*min, *max)(generator);
    std::uniform_int_distribution<size_t> letter(0, letters.size() - 1);
    std::string out(length, ' ');
    for (char& c : out) c = letters[letter(generator)];
    return out;
}

std::string local_timestamp(std::time_t now) {
    const std::tm local = fmt::localtime(now);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}{}", local, rfc3339_zone(local, now));
}

std::string kitchen_time(const std::tm& now) {
    const int hour = now.tm_hour % 12 == 0 ? 12 : now.tm_hour % 12;
    return fmt::format("{}:{:02}{}", hour, now.tm_min, now.tm_hour < 12 ? "AM" : "PM");
}

const std::string_view* token_of(std::string_view name, const TemplateInput& input) {
    size_t index = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
    if (error != std::errc() || end != name.data() + name.size()) return nullptr;
    return index < input.subject_tokens.size() ? &input.subject_tokens[index] : nullptr;
}

Result<std::string> run_action(std::string_view action, const TemplateInput& input) {
    const std::vector<std::string_view> words = words_of(action);
    if (words.size() == 3 && words[0] == "Random") return random_text(words[1], words[2]);

    std::string_view name = words.size() == 1 ? words[0] : std::string_view{};
    if (name.starts_with('.')) name.remove_prefix(1);
    const std::time_t now = std::time(nullptr);
    if (name == "Count" || name == "Cnt") return std::to_string(input.count);
    if (name == "Unix") return std::to_string(wall_now_seconds());
    if (name == "UnixNano") return std::to_string(wall_now());
    if (name == "TimeStamp") return local_timestamp(now);
    if (name == "Time") return kitchen_time(fmt::localtime(now));
    if (name == "ID") return nuid();
    if (name == "Request") return std::string(input.request);
    if (const std::string_view* token = token_of(name, input)) return std::string(*token);
    return fail(Errc::invalid,
                fmt::format("\"{{{{{}}}}}\" is none of Count, TimeStamp, Unix, UnixNano, Time, ID, "
                            "Request, Random MIN MAX",
                            action));
}

}  // namespace

Result<std::string> expand_template(std::string_view text, const TemplateInput& input) {
    std::string out;
    while (true) {
        const size_t open = text.find("{{");
        out += text.substr(0, open);
        if (open == std::string_view::npos) return out;
        text.remove_prefix(open + 2);
        const size_t close = text.find("}}");
        if (close == std::string_view::npos) {
            return fail(Errc::invalid, "\"{{\" without \"}}\"");
        }
        Result<std::string> value = run_action(text.substr(0, close), input);
        if (!value) return pass(value);
        out += *value;
        text.remove_prefix(close + 2);
    }
}

}  // namespace midge::cli
