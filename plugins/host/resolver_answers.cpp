#include "host/resolver_answers.h"

#include <fmt/format.h>

#include <cstddef>
#include <utility>

#include "base/text.h"
#include "common/account_key.h"
#include "host/host_tables.h"
#include "host/limits.h"

namespace midge {
namespace {

// The required size of an answer; a smaller structure is an error of the plugin.
constexpr size_t answer_size_min = offsetof(midge_answer, value) + sizeof(midge_answer::value);

tl::unexpected<Error> unexpected_status(std::string_view who, int status) {
    return fail(fmt::format("{}: status {} is no answer to this request", who, status));
}

}  // namespace

Result<PluginAnswer> read_answer(std::string_view who, const midge_answer& answer,
                                 size_t bytes_max) {
    if (answer.size < answer_size_min) {
        return fail(Errc::invalid, fmt::format("{}: answer structure of {} bytes, expected at "
                                               "least {}",
                                               who, answer.size, answer_size_min));
    }
    switch (answer.status) {
        case MIDGE_OK:
            break;
        case MIDGE_UNCHANGED:
        case MIDGE_CONFLICT:
            return PluginAnswer{answer.status, {}, {}};
        default:
            return fail(plugin_errc(answer.status),
                        fmt::format("{}: {}", who, plugin_line(answer.value)));
    }
    const std::string_view value = to_view(answer.value);
    const std::string_view cursor = to_view(answer.cursor);
    if (value.size() > bytes_max) {
        return fail(Errc::invalid, fmt::format("{}: answer of {} bytes, at most {} are taken", who,
                                               value.size(), bytes_max));
    }
    if (cursor.size() > list_cursor_bytes_max) {
        return fail(Errc::invalid, fmt::format("{}: cursor of {} bytes, at most {} are taken", who,
                                               cursor.size(), list_cursor_bytes_max));
    }
    return PluginAnswer{MIDGE_OK, std::string(value), std::string(cursor)};
}

Result<std::optional<std::string>> fetched_jwt(std::string_view who, Result<PluginAnswer> answer,
                                               bool may_be_unchanged) {
    if (!answer) return pass(answer);
    if (answer->status == MIDGE_UNCHANGED && may_be_unchanged) return std::nullopt;
    if (answer->status != MIDGE_OK) return unexpected_status(who, answer->status);
    if (answer->value.empty()) return fail(fmt::format("{}: the JWT is empty", who));
    return std::move(answer->value);
}

Result<> finished(std::string_view who, Result<PluginAnswer> answer) {
    if (!answer) return pass(answer);
    if (answer->status != MIDGE_OK) return unexpected_status(who, answer->status);
    return {};
}

Result<> add_page(std::string_view who, const PluginAnswer& page,
                  std::vector<std::string>& accounts) {
    if (page.status != MIDGE_OK) return unexpected_status(who, page.status);
    size_t count = 0;
    for (const std::string_view line : split(page.value, '\n')) {
        if (!has_account_key_form(line)) continue;
        if (++count > list_page_accounts_max) {
            return fail(Errc::invalid, fmt::format("{}: a page of the list has over {} accounts",
                                                   who, list_page_accounts_max));
        }
        accounts.emplace_back(line);
    }
    return {};
}

}  // namespace midge
