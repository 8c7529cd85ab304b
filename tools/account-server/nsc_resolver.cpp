#include "account-server/nsc_resolver.h"

#include <fmt/format.h>

#include "auth/jwt.h"

namespace midge::tools {

void NscResolver::refresh() {
    std::map<std::string, Known> now;
    for (const auto& name : store_.accounts()) {
        std::error_code error;
        const auto written = std::filesystem::last_write_time(store_.account_file(name), error);
        const auto before = known_.find(name);
        if (!error && before != known_.end() && before->second.written == written) {
            now.insert(*before);
            continue;
        }
        const auto jwt = store_.account_jwt(name);
        const auto claims =
            jwt ? decode_account(*jwt) : Result<AccountClaims>(tl::unexpected<Error>(jwt.error()));
        now[name] = {written, claims ? claims->sub : std::string()};
    }
    known_ = std::move(now);
}

std::string NscResolver::name_of(const std::string& account) const {
    for (const auto& [name, known] : known_) {
        if (known.account == account) return name;
    }
    return {};
}

void NscResolver::fetch(const std::string& account, FetchDone done) {
    if (!is_public_key(KeyKind::account, account)) {
        done(fail(Errc::invalid, fmt::format("\"{}\" is not an account key", account)));
        return;
    }
    std::unique_lock lock(mutex_);
    refresh();
    const std::string name = name_of(account);
    auto jwt = name.empty() ? Result<std::string>(fail(Errc::not_found, "no such account"))
                            : store_.account_jwt(name);
    lock.unlock();
    done(std::move(jwt));
}

void NscResolver::store(const std::string& account, const std::string& jwt, Done done) {
    const auto claims = decode_account(jwt);
    if (!claims || claims->sub != account) {
        done(fail(Errc::invalid, "not a JWT of that account"));
        return;
    }
    std::unique_lock lock(mutex_);
    refresh();
    std::string name = name_of(account);
    Result<> stored;
    if (name.empty()) {
        name = claims->name;
        if (known_.count(name) != 0)
            stored = fail(fmt::format("another account has the name \"{}\"", name));
    }
    if (stored) stored = store_.write_account(name, jwt);
    lock.unlock();
    done(std::move(stored));
}

void NscResolver::list(ListDone done) {
    std::vector<std::string> accounts;
    std::unique_lock lock(mutex_);
    refresh();
    for (const auto& [name, known] : known_) {
        if (!known.account.empty()) accounts.push_back(known.account);
    }
    lock.unlock();
    done(std::move(accounts));
}

void NscResolver::erase(const std::string&, Done done) {
    done(fail(Errc::unsupported, "accounts of an nsc store are deleted with nsc"));
}

}  // namespace midge::tools
