#include "event/request_filter.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace midge {
namespace {

bool text_matches(const std::string& wanted, const std::string& actual, bool exact) {
    if (wanted.empty()) return true;
    return exact ? actual == wanted : actual.find(wanted) != std::string::npos;
}

}  // namespace

Result<RequestFilter> RequestFilter::parse(std::string_view payload) {
    if (trim(payload).empty()) return RequestFilter{};
    auto options = parse_json_object(payload);
    if (!options) return pass(options);
    return parse(*options);
}

Result<RequestFilter> RequestFilter::parse(const JsonObject& options) {
    RequestFilter out;
    const std::pair<const char*, std::string*> texts[] = {{"server_name", &out.server_name},
                                                          {"host", &out.host},
                                                          {"cluster", &out.cluster},
                                                          {"domain", &out.domain}};
    for (const auto& [key, member] : texts) {
        auto text = json_string(options, key);
        if (!text) return pass(text);
        *member = std::move(*text);
    }
    auto exact = json_bool(options, "exact_match");
    if (!exact) return pass(exact);
    out.exact_match = *exact;
    auto tags = json_strings(options, "tags");
    if (!tags) return pass(tags);
    out.tags = std::move(*tags);
    return out;
}

bool RequestFilter::matches(const ServerInfo& server) const {
    const auto has_tag = [&](const std::string& tag) {
        return std::any_of(server.tags.begin(), server.tags.end(),
                           [&](const std::string& own) { return equals_ignore_case(own, tag); });
    };
    return text_matches(server_name, server.name, exact_match) &&
           text_matches(host, server.host, exact_match) &&
           text_matches(cluster, server.cluster, exact_match) &&
           text_matches(domain, server.domain, true) &&
           std::all_of(tags.begin(), tags.end(), has_tag);
}

}  // namespace midge
