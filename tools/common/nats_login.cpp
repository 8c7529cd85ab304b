#include "common/nats_login.h"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <optional>

#include "auth/creds.h"
#include "auth/nkey.h"
#include "base/text.h"
#include "common/files.h"

namespace midge::tools {
namespace {

struct UrlLogin {
    std::string user;
    std::optional<std::string> password;  // no value: `user` is a token
    bool operator==(const UrlLogin&) const = default;
};

struct ServerUrl {
    std::string url;  // without the login
    std::optional<UrlLogin> login;
    bool encoded = false;
};

Result<std::string> percent_decoded(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        if (text.front() != '%') {
            out += text.front();
            text.remove_prefix(1);
            continue;
        }
        const std::string_view all = "0123456789abcdef";
        const std::string digits = to_lower_ascii(text.substr(1, 2));
        if (digits.size() != 2 || digits.find_first_not_of(all) != std::string::npos)
            return fail(Errc::invalid, "a '%' in a login needs two hexadecimal digits behind it");
        out += static_cast<char>(all.find(digits[0]) * 16 + all.find(digits[1]));
        text.remove_prefix(3);
    }
    if (out.find('\0') != std::string::npos)
        return fail(Errc::invalid, "a login cannot have a zero byte");
    return out;
}

Result<ServerUrl> split_login(const std::string& url) {
    const size_t scheme = url.find("://");
    const size_t host = scheme == std::string::npos ? 0 : scheme + 3;
    const std::string_view authority =
        std::string_view(url).substr(host, url.find_first_of("/?#", host) - host);
    const size_t at = authority.rfind('@');
    if (at == std::string_view::npos) return ServerUrl{url, std::nullopt, false};
    const std::string_view login = authority.substr(0, at);
    const size_t colon = login.find(':');
    auto user = percent_decoded(login.substr(0, colon));
    if (!user) return pass(user);
    ServerUrl out{url.substr(0, host) + url.substr(host + at + 1),
                  UrlLogin{std::move(*user), std::nullopt},
                  login.find('%') != std::string_view::npos};
    if (colon == std::string_view::npos) return out;
    auto password = percent_decoded(login.substr(colon + 1));
    if (!password) return pass(password);
    out.login->password = std::move(*password);
    return out;
}

Result<> checked(natsStatus status, std::string_view what) {
    if (status == NATS_OK) return {};
    return fail(Errc::invalid, fmt::format("{}: {}", what, natsStatus_GetText(status)));
}

Result<> set_urls(natsOptions* options, const std::vector<std::string>& urls) {
    std::vector<const char*> pointers;
    pointers.reserve(urls.size());
    for (const std::string& url : urls) pointers.push_back(url.c_str());
    return checked(
        natsOptions_SetServers(options, pointers.data(), static_cast<int>(pointers.size())),
        "servers");
}

Result<KeyPair> read_key(const std::string& file, std::string* jwt) {
    auto text = read_file(file);
    if (!text) return pass(text);
    Result<std::string> seed = fail("");
    if (jwt != nullptr) {
        auto creds = parse_creds(*text);
        wipe(*text);
        if (!creds) return fail(Errc::invalid, file + ": " + creds.error().text);
        *jwt = std::move(creds->jwt);
        seed = std::move(creds->seed);
    } else {
        seed = parse_seed_text(*text);
        wipe(*text);
        if (!seed) return fail(Errc::invalid, file + ": " + seed.error().text);
    }
    auto key = KeyPair::from_seed(*seed);
    wipe(*seed);
    if (!key) return fail(Errc::invalid, file + ": " + key.error().text);
    if (!is_public_key(KeyKind::user, key->public_key()))
        return fail(Errc::invalid, file + ": no user seed (SU...) in it");
    return key;
}

// Returns memory that libnats frees, or null if there is none.
template <class Char>
Char* copy_for_libnats(std::string_view bytes) {
    auto* const copy = static_cast<Char*>(std::malloc(bytes.size() + 1));
    if (copy == nullptr) return nullptr;
    std::memcpy(copy, bytes.data(), bytes.size());
    copy[bytes.size()] = 0;
    return copy;
}

natsStatus give_error(char** custom_text, const Error& why) {
    *custom_text = copy_for_libnats<char>(why.text);
    return NATS_ERR;
}

natsStatus give_signature(const Result<KeyPair>& key, char** custom_text, unsigned char** signature,
                          int* signature_length, const char* nonce) {
    if (!key) return give_error(custom_text, key.error());
    const std::string signed_nonce = key->sign(nonce);
    *signature = copy_for_libnats<unsigned char>(signed_nonce);
    if (*signature == nullptr) return NATS_NO_MEMORY;
    *signature_length = static_cast<int>(signed_nonce.size());
    return NATS_OK;
}

natsStatus give_jwt(char** user_jwt, char** custom_text, void* creds_file) {
    std::string jwt;
    const auto key = read_key(*static_cast<const std::string*>(creds_file), &jwt);
    if (!key) return give_error(custom_text, key.error());
    *user_jwt = copy_for_libnats<char>(jwt);
    return *user_jwt == nullptr ? NATS_NO_MEMORY : NATS_OK;
}

natsStatus sign_by_creds(char** custom_text, unsigned char** signature, int* signature_length,
                         const char* nonce, void* creds_file) {
    std::string jwt;
    return give_signature(read_key(*static_cast<const std::string*>(creds_file), &jwt), custom_text,
                          signature, signature_length, nonce);
}

natsStatus sign_by_nkey(char** custom_text, unsigned char** signature, int* signature_length,
                        const char* nonce, void* nkey_file) {
    return give_signature(read_key(*static_cast<const std::string*>(nkey_file), nullptr),
                          custom_text, signature, signature_length, nonce);
}

// libnats passes closures back unchanged, and they are only read.
void* closure_of(const std::string& file) {
    return const_cast<std::string*>(&file);
}

}  // namespace

Result<> set_nats_servers(natsOptions* options, const std::vector<std::string>& urls) {
    std::vector<ServerUrl> servers;
    bool encoded = false;
    for (const std::string& url : urls) {
        auto server = split_login(url);
        if (!server) return pass(server);
        encoded = encoded || server->encoded;
        servers.push_back(std::move(*server));
    }
    if (!encoded) return set_urls(options, urls);
    std::vector<std::string> bare;
    for (const ServerUrl& server : servers) {
        if (server.login != servers.front().login) {
            return fail(Errc::unsupported,
                        "servers with different logins, one of them percent-encoded, are not "
                        "supported");
        }
        bare.push_back(server.url);
    }
    if (auto set = set_urls(options, bare); !set) return set;
    const UrlLogin& login = *servers.front().login;
    return checked(login.password ? natsOptions_SetUserInfo(options, login.user.c_str(),
                                                            login.password->c_str())
                                  : natsOptions_SetToken(options, login.user.c_str()),
                   "login");
}

Result<> set_nats_credentials(natsOptions* options, const std::string& creds_file) {
    std::string jwt;
    if (auto key = read_key(creds_file, &jwt); !key) return pass(key);
    return checked(
        natsOptions_SetUserCredentialsCallbacks(options, give_jwt, closure_of(creds_file),
                                                sign_by_creds, closure_of(creds_file)),
        "credentials");
}

Result<> set_nats_nkey(natsOptions* options, const std::string& nkey_file) {
    const auto key = read_key(nkey_file, nullptr);
    if (!key) return tl::unexpected<Error>(key.error());
    return checked(natsOptions_SetNKey(options, key->public_key().c_str(), sign_by_nkey,
                                       closure_of(nkey_file)),
                   "nkey");
}

}  // namespace midge::tools
