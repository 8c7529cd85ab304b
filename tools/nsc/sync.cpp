#include "auth/jwt.h"
#include "auth/validate.h"
#include "base/clock.h"
#include "base/text.h"
#include "nsc/commands.h"
#include "nsc/entities.h"
#include "nsc/http_client.h"

namespace midge::tools {
namespace {

// Returns the account server of the flag or of the operator, without a slash at the end; its path
// is /jwt/v1.
Result<std::string> server_url(const OperatorStore& store, const std::string& flag) {
    std::string url = flag.empty() ? store.claims.account_server_url : flag;
    if (url.empty()) {
        return fail(
            "no account server: -u URL, or 'nsc edit operator --account-jwt-server-url "
            "http://localhost:9090/jwt/v1'");
    }
    const std::string scheme = to_lower_ascii(url.substr(0, url.find("://")));
    if (scheme != "http")
        return fail(Errc::unsupported,
                    fmt::format("\"{}\": only http account servers are supported yet", url));
    while (url.back() == '/') url.pop_back();
    return url;
}

// Returns the account of -a, or all accounts with -A.
Result<std::vector<StoredAccount>> chosen_accounts(const Context& context,
                                                   const OperatorStore& store,
                                                   const std::string& name, bool all) {
    std::vector<StoredAccount> out;
    if (!all) {
        auto account = context.open_account(store, name);
        if (!account) return pass(account);
        out.push_back(std::move(*account));
        return out;
    }
    for (const auto& stored : store.files.accounts()) {
        auto account = context.read_account(store, stored);
        if (!account) return pass(account);
        out.push_back(std::move(*account));
    }
    if (out.empty())
        return fail(fmt::format("operator \"{}\" has no accounts", store.files.name()));
    return out;
}

struct Push {
    std::string account, url;
    bool all = false, force = false;

    void bind(CommandSyntax& command) {
        command.text("-a,--account", account,
                     "account name or public key; default: the current account");
        command.flag("-A,--all", all, "push all accounts");
        command.text("-u,--account-jwt-server-url", url,
                     "URL of the account server; default: the operator's");
        command.flag("-F,--force", force, "push a JWT even if it is not valid");
        command.footer("Example:\n  nsc push -A -u http://localhost:9090/jwt/v1");
    }
    Result<> run(Context& context) {
        auto store = context.open_operator();
        if (!store) return pass(store);
        auto server = server_url(*store, url);
        if (!server) return pass(server);
        auto accounts = chosen_accounts(context, *store, account, all);
        if (!accounts) return pass(accounts);
        size_t failed = 0;
        for (const auto& stored : *accounts) {
            if (auto pushed = push_one(*store, *server, stored); !pushed) {
                say("[ERR ] {}: {}", stored.name, pushed.error().text);
                ++failed;
            }
        }
        if (failed > 0)
            return fail(fmt::format("{} of {} accounts were not pushed", failed, accounts->size()));
        return {};
    }

  private:
    Result<> push_one(const OperatorStore& store, const std::string& server,
                      const StoredAccount& stored) const {
        auto issues = validate(stored.claims, wall_now_seconds());
        for (Issue& unusable : inapplicable(stored.claims)) issues.push_back(std::move(unusable));
        if (const Issue* issue = first_blocking(issues, true); issue != nullptr && !force) {
            return fail(Errc::invalid, issue->description + " (--force pushes nevertheless)");
        }
        auto token = store.files.account_jwt(stored.name);
        if (!token) return pass(token);
        auto answer = http_post(fmt::format("{}/accounts/{}", server, stored.claims.sub),
                                "application/jwt", *token);
        if (!answer) return pass(answer);
        const std::string message(trim(answer->body));
        if (answer->status < 200 || answer->status > 299) {
            return fail(fmt::format("failed to push account to remote server ({}): {}",
                                    answer->status, message));
        }
        if (answer->status == 200) {
            say("[ OK ] {}: pushed account jwt to the account server", stored.name);
        } else {
            say("[WARN] {}: pushed account jwt was accepted by the account server", stored.name);
        }
        if (!message.empty()) say("       > {}", message);
        return {};
    }
};

struct Pull {
    std::string account;
    bool all = false, overwrite = false;

    void bind(CommandSyntax& command) {
        command.text("-a,--account", account,
                     "account name or public key; default: the current account");
        command.flag("-A,--all", all, "pull the operator and all accounts");
        command.flag("-F,--overwrite-newer", overwrite, "also replace a local JWT that is newer");
    }
    Result<> run(Context& context) {
        auto store = context.open_operator();
        if (!store) return pass(store);
        auto server = server_url(*store, "");
        if (!server) return pass(server);
        if (all) {
            if (auto ok = pull_operator(*store, *server); !ok) return ok;
        }
        auto accounts = chosen_accounts(context, *store, account, all);
        if (!accounts) return pass(accounts);
        for (const auto& stored : *accounts) {
            if (auto ok = pull_account(*store, *server, stored); !ok) return ok;
        }
        return {};
    }

  private:
    static Result<std::string> fetch(const std::string& url) {
        auto answer = http_get(url);
        if (!answer) return pass(answer);
        if (answer->status != 200)
            return fail(fmt::format("error pulling \"{}\": {}", url, answer->status));
        return std::string(trim(answer->body));
    }
    Result<> pull_operator(const OperatorStore& store, const std::string& server) const {
        auto token = fetch(server + "/operator");
        if (!token) return pass(token);
        auto claims = decode_operator(*token);
        if (!claims) return fail("operator: " + claims.error().text);
        if (claims->sub != store.claims.sub)
            return fail(Errc::denied, "the account server has another operator");
        if (claims->iat < store.claims.iat && !overwrite) {
            say("[WARN] operator: the local JWT is newer, kept (--overwrite-newer replaces it)");
            return {};
        }
        say("[ OK ] pulled the operator");
        return store.files.write_operator(*token);
    }
    Result<> pull_account(const OperatorStore& store, const std::string& server,
                          const StoredAccount& stored) const {
        auto token = fetch(fmt::format("{}/accounts/{}", server, stored.claims.sub));
        if (!token) return pass(token);
        auto claims = decode_account(*token);
        if (!claims) return fail(fmt::format("account {}: {}", stored.name, claims.error().text));
        if (claims->sub != stored.claims.sub)
            return fail(Errc::denied,
                        fmt::format("account {}: got the JWT of another account", stored.name));
        if (claims->iat < stored.claims.iat && !overwrite) {
            say("[WARN] {}: the local JWT is newer, kept (--overwrite-newer replaces it)",
                stored.name);
            return {};
        }
        say("[ OK ] pulled account \"{}\"", stored.name);
        return store.files.write_account(stored.name, *token);
    }
};

}  // namespace

void add_sync_commands(Commands& commands) {
    add_command<Push>(commands, "", "push", "Push account JWTs to an account server");
    add_command<Pull>(commands, "", "pull", "Pull JWTs from the operator's account server");
}

}  // namespace midge::tools
