#include "subject/transform_reader.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <span>

#include "base/text.h"

namespace midge {
namespace {

constexpr std::string_view bad_argument = "function argument is invalid or in the wrong format";
constexpr std::string_view too_few = "not enough arguments passed to the function";
constexpr std::string_view too_many = "too many arguments passed to the function";
constexpr std::string_view out_of_range = "wildcard index out of range";
constexpr std::string_view invalid_transform = "invalid mapping destination: invalid transform";

tl::unexpected<Error> invalid(std::string_view why, std::string_view token) {
    return fail(Errc::invalid, fmt::format("invalid mapping destination: {} in {}", why, token));
}

std::optional<int64_t> to_number(std::string_view text) {
    text = trim(text);
    if (text.starts_with('+')) text.remove_prefix(1);
    int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<int32_t> to_small_number(std::string_view text) {
    const auto number = to_number(text);
    if (!number || *number > std::numeric_limits<int32_t>::max() ||
        *number < std::numeric_limits<int32_t>::min()) {
        return std::nullopt;
    }
    return static_cast<int32_t>(*number);
}

struct Call {
    std::string_view name;
    std::vector<std::string_view> arguments;
};

// Parses "{{ name ( a, b ) }}". Blanks after a comma belong to the comma, blanks before it to the
// argument.
std::optional<Call> parse_call(std::string_view token) {
    std::string_view inner = trim(token.substr(2, token.size() - 4));
    const size_t open = inner.find('(');
    if (open == std::string_view::npos || !inner.ends_with(')')) return std::nullopt;
    Call call{trim(inner.substr(0, open)), {}};
    inner = inner.substr(open + 1, inner.size() - open - 2);
    for (std::string_view argument : split(inner, ',')) {
        if (!call.arguments.empty())
            argument.remove_prefix(std::min(argument.find_first_not_of(" \t"), argument.size()));
        call.arguments.push_back(argument);
    }
    return call;
}

// Ignores the case of the first letter of each word: "SplitfromLeft" is splitFromLeft.
bool is_named(std::string_view name, std::string_view function) {
    if (name.size() != function.size()) return false;
    for (size_t i = 0; i < name.size(); ++i) {
        const bool first = i == 0 || (function[i] >= 'A' && function[i] <= 'Z');
        const std::string_view wanted = function.substr(i, 1);
        const std::string_view given = name.substr(i, 1);
        if (first ? !equals_ignore_case(given, wanted) : given != wanted) return false;
    }
    return true;
}

}  // namespace

bool TransformReader::is_function(std::string_view token) {
    return token.size() > 4 && token.starts_with("{{") && token.ends_with("}}");
}

Result<SubjectTransform::Part> TransformReader::read(std::string_view token) const {
    if (token == ">") return Part{Function::rest, {}, 0, {}};
    if (token.size() > 1 && token.front() == '$') {
        const auto number = to_number(token.substr(1));
        if (!number) return Part{Function::literal, {}, 0, std::string(token)};
        Part part{Function::wildcard, {}, 0, {}};
        if (wildcards_.empty()) return invalid(out_of_range, token);
        if (auto done = refer(token, *number, part); !done) return pass(done);
        return part;
    }
    if (is_function(token)) return read_function(token);
    return Part{Function::literal, {}, 0, std::string(token)};
}

std::optional<SubjectTransform::Function> TransformReader::find_function(std::string_view name) {
    struct Named {
        std::string_view name;
        Function function;
    };
    constexpr auto functions = std::to_array<Named>({{"partition", Function::partition},
                                                     {"random", Function::random},
                                                     {"wildcard", Function::wildcard},
                                                     {"split", Function::split},
                                                     {"splitFromLeft", Function::split_from_left},
                                                     {"splitFromRight", Function::split_from_right},
                                                     {"sliceFromLeft", Function::slice_from_left},
                                                     {"sliceFromRight", Function::slice_from_right},
                                                     {"left", Function::left},
                                                     {"right", Function::right}});
    for (const Named& known : functions) {
        if (is_named(name, known.name)) return known.function;
    }
    return std::nullopt;
}

Result<> TransformReader::check(const std::vector<std::string_view>& tokens) {
    bool ended = false;  // a token ">" has ended the destination
    for (const std::string_view token : tokens) {
        if (token.empty()) return fail(Errc::invalid, std::string(invalid_transform));
        if (ended) return fail(Errc::invalid, fmt::format("{} in {}", invalid_transform, token));
        if (is_function(token)) {
            const auto call = parse_call(token);
            if (!call || !find_function(call->name)) return invalid("unknown function", token);
        } else if (token.find_first_of(" \t\n\f\r") != std::string_view::npos) {
            return fail(Errc::invalid, std::string(invalid_transform));
        }
        ended = token == ">";
    }
    return {};
}

Result<SubjectTransform::Part> TransformReader::read_function(std::string_view token) const {
    const auto call = parse_call(token);
    const auto known = call ? find_function(call->name) : std::nullopt;
    if (!known) return invalid("unknown function", token);
    switch (*known) {
        case Function::partition:
            return read_partition(token, call->arguments);
        case Function::random:
            return read_random(token, call->arguments);
        case Function::wildcard:
            return read_wildcard(token, call->arguments);
        default:
            return read_cut(*known, token, call->arguments);
    }
}

Result<SubjectTransform::Part> TransformReader::read_partition(std::string_view token,
                                                               const Arguments& arguments) const {
    const auto buckets = to_small_number(arguments.front());
    if (!buckets) return invalid(bad_argument, token);
    Part part{Function::partition, {}, *buckets, {}};
    for (const std::string_view argument : std::span(arguments).subspan(1)) {
        const auto number = to_number(argument);
        if (!number) return invalid(bad_argument, token);
        if (auto done = refer(token, *number, part); !done) return pass(done);
    }
    return part;
}

Result<SubjectTransform::Part> TransformReader::read_random(std::string_view token,
                                                            const Arguments& arguments) const {
    if (arguments.size() != 1) return invalid(too_few, token);
    const auto number = to_small_number(arguments.front());
    if (!number) return invalid(bad_argument, token);
    return Part{Function::random, {}, *number, {}};
}

Result<SubjectTransform::Part> TransformReader::read_wildcard(std::string_view token,
                                                              const Arguments& arguments) const {
    if (arguments.size() == 1 && arguments.front().empty()) return invalid(too_few, token);
    if (arguments.size() > 1) return invalid(too_many, token);
    const auto number = to_number(arguments.front());
    if (!number) return invalid(bad_argument, token);
    if (wildcards_.empty()) return invalid(out_of_range, token);
    Part part{Function::wildcard, {}, 0, {}};
    if (auto done = refer(token, *number, part); !done) return pass(done);
    return part;
}

Result<SubjectTransform::Part> TransformReader::read_cut(Function function, std::string_view token,
                                                         const Arguments& arguments) const {
    if (arguments.size() < 2) return invalid(too_few, token);
    if (arguments.size() > 2) return invalid(too_many, token);
    const auto number = to_number(arguments[0]);
    if (!number) return invalid(bad_argument, token);
    Part part{function, {}, 0, {}};
    if (function == Function::split) {
        if (arguments[1].find_first_of(" .") != std::string_view::npos)
            return invalid(bad_argument, token);
        part.text = arguments[1];
    } else {
        const auto size = to_small_number(arguments[1]);
        if (!size) return invalid(bad_argument, token);
        part.number = *size;
    }
    if (wildcards_.empty()) return invalid(out_of_range, token);
    if (auto done = refer(token, *number, part); !done) return pass(done);
    return part;
}

// Numbers below 1 refer to the first token, and so do all numbers if the source has no wildcards.
Result<> TransformReader::refer(std::string_view token, int64_t number, Part& part) const {
    if (number < 1 || wildcards_.empty()) {
        part.tokens.push_back(0);
        return {};
    }
    if (number > static_cast<int64_t>(wildcards_.size()))
        return invalid(out_of_range, fmt::format("{}: [{}]", token, number));
    part.tokens.push_back(wildcards_[static_cast<size_t>(number) - 1]);
    return {};
}

}  // namespace midge
