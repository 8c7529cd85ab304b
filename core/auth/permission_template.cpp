#include "auth/permission_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "auth/shown.h"
#include "auth/subject_entry.h"
#include "base/text.h"
#include "base/wire_error.h"

namespace midge {
namespace {

constexpr std::string_view open_mark = "{{";
constexpr std::string_view close_mark = "}}";
// The limit for all texts of one list during the expansion.
constexpr size_t expanded_bytes_max = 1024 * 1024;

struct Source {
    const UserClaims& user;
    const AccountClaims& account;
};

using Values = std::vector<std::string>;

// Returns the texts after "<name>:" of each tag with that name. `name` is in lower case, in which
// nsc writes tags. A tag in another case does not match, as in nats-server.
Values tag_values(const std::vector<std::string>& tags, std::string_view name) {
    Values out;
    for (const std::string& tag : tags) {
        if (tag.size() > name.size() && tag[name.size()] == ':' && tag.starts_with(name))
            out.push_back(tag.substr(name.size() + 1));
    }
    return out;
}

// Returns "x" if the call is "tag(x)" and the function is "tag(".
std::optional<std::string_view> argument_of(std::string_view call, std::string_view function) {
    if (!call.starts_with(function) || !call.ends_with(')')) return std::nullopt;
    return call.substr(function.size(), call.size() - function.size() - 1);
}

// An empty result means that the entry cannot be expanded.
Result<Values> evaluate(std::string_view text, const Source& source) {
    const std::string call = to_lower_ascii(trim(text));
    if (call == "name()") return Values{source.user.name};
    if (call == "subject()") return Values{source.user.sub};
    if (call == "account-name()") return Values{source.account.name};
    if (call == "account-subject()") return Values{source.account.sub};
    if (const auto name = argument_of(call, "tag(")) return tag_values(source.user.tags, *name);
    if (const auto name = argument_of(call, "account-tag(")) {
        return tag_values(source.account.tags, *name);
    }
    return fail(Errc::invalid, fmt::format("template operation {} is not defined", shown(text)));
}

bool is_safe(const std::string& value) {
    return !value.empty() && value.find_first_of("*> \t\r\n\f\v") == std::string::npos;
}

struct Expansion {
    Values entries;
    bool complete = true;  // nothing was dropped
};

tl::unexpected<Error> fail_too_long() {
    return fail(Errc::invalid,
                fmt::format("template expansion exceeds {} bytes", expanded_bytes_max));
}

// Combines each of the texts with each of the values.
Result<> multiply(Values& texts, const Values& values, bool& complete) {
    Values safe;
    std::copy_if(values.begin(), values.end(), std::back_inserter(safe), is_safe);
    complete = complete && !values.empty() && safe.size() == values.size();
    if (texts.size() * safe.size() > template_expansions_max) {
        return fail(Errc::invalid,
                    fmt::format("template expansion exceeds limit: {}", template_expansions_max));
    }
    Values out;
    out.reserve(texts.size() * safe.size());
    size_t bytes = 0;
    for (const auto& text : texts) {
        for (const auto& value : safe) {
            out.push_back(text + value);
            bytes += out.back().size();
            if (bytes > expanded_bytes_max) return fail_too_long();
        }
    }
    texts = std::move(out);
    return {};
}

Result<Expansion> expand_entry(std::string_view entry, const Source& source) {
    Expansion out;
    Values texts = {""};
    while (true) {
        const size_t begin = entry.find(open_mark);
        const std::string_view literal = entry.substr(0, begin);
        if (texts.size() * literal.size() > expanded_bytes_max) return fail_too_long();
        for (auto& text : texts) text += literal;
        if (begin == std::string_view::npos) break;
        const size_t end = entry.find(close_mark, begin);
        if (end == std::string_view::npos) {
            return fail(Errc::invalid, fmt::format("template {} has no end", shown(entry)));
        }
        const size_t inner = begin + open_mark.size();
        auto values = evaluate(entry.substr(inner, end - inner), source);
        if (!values) return pass(values);
        if (auto ok = multiply(texts, *values, out.complete); !ok) return pass(ok);
        entry.remove_prefix(end + close_mark.size());
    }
    for (auto& text : texts) {
        if (is_valid_subject_entry(text)) {
            out.entries.push_back(std::move(text));
        } else {
            out.complete = false;
        }
    }
    return out;
}

// Every deny entry must be expanded. Allow entries that cannot be expanded are added to `left_out`.
Result<> expand_list(Values& list, const Source& source, Values* left_out) {
    Values out;
    for (const auto& entry : list) {
        if (entry.find(open_mark) == std::string::npos) {
            out.push_back(entry);
            continue;
        }
        auto expansion = expand_entry(entry, source);
        if (!expansion) return pass(expansion);
        if (!expansion->complete && left_out == nullptr) {
            return fail(Errc::invalid,
                        fmt::format("generated invalid subject from template {}", shown(entry)));
        }
        if (!expansion->complete) left_out->push_back(shown(entry));
        std::move(expansion->entries.begin(), expansion->entries.end(), std::back_inserter(out));
        if (out.size() > template_expansions_max) {
            return fail(Errc::invalid, fmt::format("template expansion exceeds limit: {}",
                                                   template_expansions_max));
        }
    }
    list = std::move(out);
    return {};
}

Result<> expand_permission(SubjectPermission& subjects, const Source& source, Values& left_out) {
    const bool restricted = !subjects.allow.empty();
    if (auto ok = expand_list(subjects.allow, source, &left_out); !ok) return pass(ok);
    if (auto ok = expand_list(subjects.deny, source, nullptr); !ok) return pass(ok);
    // Without this, an empty allow list would allow everything.
    if (restricted && subjects.allow.empty()) subjects.deny.emplace_back(">");
    return {};
}

}  // namespace

Result<ExpandedTemplate> expand_template(const UserPermissionLimits& limits, const UserClaims& user,
                                         const AccountClaims& account) {
    const Source source{user, account};
    ExpandedTemplate out{limits, {}};
    PermissionClaims& permissions = out.limits.permissions;
    if (auto ok = expand_permission(permissions.pub, source, out.left_out); !ok) return pass(ok);
    if (auto ok = expand_permission(permissions.sub, source, out.left_out); !ok) return pass(ok);
    return out;
}

}  // namespace midge
