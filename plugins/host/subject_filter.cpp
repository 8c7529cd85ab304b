#include "host/subject_filter.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "host/limits.h"

namespace midge {
namespace {

// Removes and returns the first token of a subject.
std::string_view take_token(std::string_view& rest) {
    const size_t dot = rest.find('.');
    const std::string_view token = rest.substr(0, dot);
    rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
    return token;
}

bool matches_pattern(std::string_view subject, std::string_view pattern) {
    while (!pattern.empty() && !subject.empty()) {
        const std::string_view wanted = take_token(pattern);
        if (wanted == ">") return true;
        const std::string_view token = take_token(subject);
        if (wanted != "*" && wanted != token) return false;
    }
    return pattern.empty() && subject.empty();
}

bool is_pattern(std::string_view pattern) {
    const auto tokens = split(pattern, '.');
    for (size_t i = 0; i < tokens.size(); ++i) {
        const std::string_view token = tokens[i];
        if (token.empty() || token.find_first_of(" \t\r\n") != std::string_view::npos) return false;
        if (token == ">" && i + 1 != tokens.size()) return false;
    }
    return true;
}

}  // namespace

Result<> SubjectFilter::add(std::string_view pattern) {
    if (patterns_.size() >= sink_filters_max)
        return fail(Errc::invalid, fmt::format("over {} filters", sink_filters_max));
    if (pattern.size() > sink_filter_bytes_max) {
        return fail(Errc::invalid, fmt::format("filter of {} bytes, expected at most {}",
                                               pattern.size(), sink_filter_bytes_max));
    }
    if (!is_pattern(pattern)) {
        return fail(Errc::invalid,
                    fmt::format("filter \"{}\", expected a subject in which \"*\" stands for a "
                                "token and \">\" for all at the end",
                                pattern));
    }
    patterns_.emplace_back(pattern);
    return {};
}

bool SubjectFilter::matches(std::string_view subject) const {
    return patterns_.empty() ||
           std::any_of(patterns_.begin(), patterns_.end(),
                       [&](const std::string& p) { return matches_pattern(subject, p); });
}

}  // namespace midge
