#include "nsc/flags.h"

#include <Poco/DateTime.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/DateTimeParser.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/text.h"
#include "config/go_duration.h"
#include "subject/subject.h"

namespace midge::tools {
namespace {

constexpr int64_t seconds_per_day = 24 * 60 * 60;
constexpr const char* time_help =
    "yyyy-mm-dd, or a time from now: #m(inutes), #h(ours), #d(ays), #w(eeks), #M(onths), #y(ears); "
    "0: no limit";

// Adding months and years keeps the day of the month. A day that the month does not have moves into
// the next month, as in Go's AddDate.
int64_t add_months(int64_t now, int64_t months) {
    const Poco::DateTime from(Poco::Timestamp::fromEpochTime(now));
    const int64_t month = static_cast<int64_t>(from.year()) * 12 + from.month() - 1 + months;
    const Poco::DateTime first(static_cast<int>(month / 12), static_cast<int>(month % 12) + 1, 1,
                               from.hour(), from.minute(), from.second());
    return first.timestamp().epochTime() + (from.day() - 1) * seconds_per_day;
}

Result<int64_t> add_span(std::string_view text, int64_t now) {
    int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    constexpr int64_t count_max = 1'000'000;
    const std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
    if (error != std::errc() || unit.size() != 1 || std::abs(count) > count_max) {
        return fail(Errc::invalid, fmt::format("couldn't parse expiry: {}", text));
    }
    if (count == 0) return 0;
    switch (unit.front()) {
        case 'm':
            return now + count * 60;
        case 'h':
            return now + count * 60 * 60;
        case 'd':
            return now + count * seconds_per_day;
        case 'w':
            return now + count * 7 * seconds_per_day;
        case 'M':
        case 'y': {
            const int64_t months = unit.front() == 'y' ? count * 12 : count;
            constexpr int64_t months_max = 12 * 1000;
            if (std::abs(months) <= months_max) return add_months(now, months);
            [[fallthrough]];
        }
        default:
            return fail(Errc::invalid, fmt::format("couldn't parse expiry: {}", text));
    }
}

Result<> check_subjects(const std::vector<std::string>& subjects, bool queue_allowed) {
    for (const auto& entry : subjects) {
        const auto parts = split(entry, ' ');
        const bool count_ok =
            parts.size() == 1 || (queue_allowed && parts.size() == 2 && !parts[1].empty());
        if (!count_ok || !is_valid_subject(parts[0])) {
            return fail(Errc::invalid, fmt::format("\"{}\" is not a valid subject", entry));
        }
    }
    return {};
}

}  // namespace

Result<int64_t> parse_time(std::string_view text, int64_t now) {
    if (text.empty() || text == "0") return 0;
    for (const char* format : {"%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d"}) {
        Poco::DateTime time;
        int zone = 0;
        const std::string value(text);
        // The parser accepts a matching prefix; formatting the result shows whether all of the text
        // matched.
        if (Poco::DateTimeParser::tryParse(format, value, time, zone) &&
            Poco::DateTimeFormatter::format(time, format) == value) {
            return time.timestamp().epochTime();
        }
    }
    return add_span(text, now);
}

void TimeFlags::bind(CommandSyntax& command) {
    command.text("--start", start, fmt::format("valid from ({})", time_help));
    command.text("--expiry", expiry, fmt::format("valid until ({})", time_help));
}

Result<> TimeFlags::apply(StandardClaims& claims, int64_t now) const {
    if (!start.empty()) {
        auto time = parse_time(start, now);
        if (!time)
            return fail(Errc::invalid,
                        fmt::format("start \"{}\" is invalid: {}", start, time.error().text));
        claims.nbf = *time;
    }
    if (!expiry.empty()) {
        auto time = parse_time(expiry, now);
        if (!time)
            return fail(Errc::invalid,
                        fmt::format("expiry \"{}\" is invalid: {}", expiry, time.error().text));
        claims.exp = *time;
    }
    return {};
}

void PermissionFlags::bind_set(CommandSyntax& command, const std::string& group) {
    command.group(group);
    command.list("--allow-pub", allow_pub, "publish permissions, comma separated or repeated");
    command.list("--deny-pub", deny_pub, "forbidden publish subjects");
    command.list("--allow-sub", allow_sub, "subscribe permissions");
    command.list("--deny-sub", deny_sub, "forbidden subscribe subjects");
    command.list("--allow-pubsub", allow_pubsub, "publish and subscribe permissions");
    command.list("--deny-pubsub", deny_pubsub, "forbidden publish and subscribe subjects");
    command.optional_text(
        "--allow-pub-response,--max-responses", max_responses, "1",
        "number of messages that may be published to a reply subject (1 if no number is given)");
    command.text(
        "--response-ttl", response_ttl,
        "time during which a reply subject may be published to, such as 5s or 2m; 0: unlimited");
}

void PermissionFlags::bind_remove(CommandSyntax& command) {
    command.list("--rm", remove, "remove subjects from all permissions");
    command.flag("--rm-response-perms", remove_responses, "remove the response permissions");
}

bool PermissionFlags::given() const noexcept {
    for (const auto* list :
         {&allow_pub, &deny_pub, &allow_sub, &deny_sub, &allow_pubsub, &deny_pubsub, &remove}) {
        if (!list->empty()) return true;
    }
    return !max_responses.empty() || !response_ttl.empty() || remove_responses;
}

Result<> PermissionFlags::apply(PermissionClaims& claims) const {
    for (const auto* list : {&allow_pub, &deny_pub, &allow_pubsub, &deny_pubsub}) {
        if (auto ok = check_subjects(*list, false); !ok) return ok;
    }
    for (const auto* list : {&allow_sub, &deny_sub}) {
        if (auto ok = check_subjects(*list, true); !ok) return ok;
    }
    add_new(claims.pub.allow, allow_pub);
    add_new(claims.pub.allow, allow_pubsub);
    add_new(claims.pub.deny, deny_pub);
    add_new(claims.pub.deny, deny_pubsub);
    add_new(claims.sub.allow, allow_sub);
    add_new(claims.sub.allow, allow_pubsub);
    add_new(claims.sub.deny, deny_sub);
    add_new(claims.sub.deny, deny_pubsub);
    for (auto* list : {&claims.pub.allow, &claims.pub.deny, &claims.sub.allow, &claims.sub.deny})
        remove_all(*list, remove);
    if (remove_responses) claims.resp.reset();
    if (!max_responses.empty()) {
        if (!claims.resp) claims.resp.emplace();
        const char* end = max_responses.data() + max_responses.size();
        if (std::from_chars(max_responses.data(), end, claims.resp->max).ptr != end) {
            return fail(
                Errc::invalid,
                fmt::format("--allow-pub-response is \"{}\", expected a number", max_responses));
        }
    }
    if (!response_ttl.empty()) {
        auto ttl = parse_go_duration(response_ttl);
        if (!ttl) return fail(Errc::invalid, "--response-ttl: " + ttl.error().text);
        if (!claims.resp) claims.resp.emplace(ResponsePermission{1, 0});
        claims.resp->ttl = ttl->count();
    }
    return {};
}

void add_new(std::vector<std::string>& list, const std::vector<std::string>& values) {
    for (const auto& value : values) {
        if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
    }
}

void remove_all(std::vector<std::string>& list, const std::vector<std::string>& values) {
    list.erase(std::remove_if(list.begin(), list.end(),
                              [&](const auto& item) {
                                  return std::find(values.begin(), values.end(), item) !=
                                         values.end();
                              }),
               list.end());
}

void TagFlags::bind(CommandSyntax& command, bool with_remove) {
    command.list("--tag", add, "add tags, comma separated or repeated");
    if (with_remove) command.list("--rm-tag", remove, "remove tags");
}

void TagFlags::apply(std::vector<std::string>& tags) const {
    const auto normal = [](std::vector<std::string> list) {
        for (auto& tag : list) tag = to_lower_ascii(trim(tag));
        return list;
    };
    add_new(tags, normal(add));
    remove_all(tags, normal(remove));
    std::sort(tags.begin(), tags.end());
}

}  // namespace midge::tools
