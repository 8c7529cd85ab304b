#include "resolver-url/url_settings.h"

#include <Poco/Exception.h>
#include <fmt/format.h>

#include "common/settings.h"

namespace midge {
namespace {

constexpr int64_t timeout_ms_max = 60'000;

Result<Poco::URI> parse_url(const std::string& text) {
    Poco::URI url;
    try {
        url = text;
    } catch (const Poco::Exception&) {
        return fail(Errc::invalid, "\"url\" is malformed");
    }
    if ((url.getScheme() != "http" && url.getScheme() != "https") || url.getHost().empty()) {
        return fail(Errc::invalid, fmt::format("\"url\" is {}, expected http://... or https://...",
                                               printable(url)));
    }
    if (!url.getRawQuery().empty() || !url.getFragment().empty()) {
        return fail(Errc::invalid, fmt::format("\"url\" is {}, expected no query and no fragment: "
                                               "account keys are added to its path",
                                               printable(url)));
    }
    if (!url.getPath().ends_with('/')) url.setPath(url.getPath() + '/');
    return url;
}

Result<TlsSettings> parse_tls(const JsonObject& json) {
    if (auto known = check_known(json, "tls", {"ca_file", "cert_file", "key_file", "insecure"});
        !known) {
        return pass(known);
    }
    auto ca_file = json_string(json, "ca_file");
    if (!ca_file) return pass(ca_file);
    auto cert_file = json_string(json, "cert_file");
    if (!cert_file) return pass(cert_file);
    auto key_file = json_string(json, "key_file");
    if (!key_file) return pass(key_file);
    auto insecure = json_bool(json, "insecure");
    if (!insecure) return pass(insecure);
    if (cert_file->empty() != key_file->empty()) {
        return fail(Errc::invalid, "\"tls.cert_file\" and \"tls.key_file\" need each other");
    }
    return TlsSettings{*ca_file, *cert_file, *key_file, *insecure};
}

}  // namespace

Result<UrlSettings> UrlSettings::parse(std::string_view config_json) {
    auto json = parse_settings(config_json, {"url", "timeout_ms", "tls"});
    if (!json) return pass(json);
    auto text = required_setting(*json, "url");
    if (!text) return pass(text);
    auto url = parse_url(*text);
    if (!url) return pass(url);
    UrlSettings settings;
    settings.url = *url;
    auto timeout = int_setting(*json, "timeout_ms", settings.timeout.count(), 1, timeout_ms_max);
    if (!timeout) return pass(timeout);
    settings.timeout = std::chrono::milliseconds(*timeout);
    auto tls = json_object(*json, "tls");
    if (!tls) return pass(tls);
    if (!tls->isNull()) {
        auto parsed = parse_tls(*tls);
        if (!parsed) return pass(parsed);
        settings.tls = *parsed;
    }
    return settings;
}

std::string printable(const Poco::URI& url) {
    Poco::URI bare(url);
    bare.setUserInfo("");
    return bare.toString();
}

}  // namespace midge
