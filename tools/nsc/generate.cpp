#include "auth/creds.h"
#include "auth/jwt.h"
#include "base/text.h"
#include "common/files.h"
#include "nsc/commands.h"
#include "nsc/server_config.h"

namespace midge::tools {
namespace {

struct GenerateCreds {
    std::string name, account;
    std::string output = "--";

    void bind(CommandSyntax& command) {
        command.text("-n,--name", name, "user name; default: the only user of the account");
        command.text("-a,--account", account,
                     "account name or public key; default: the current account");
        command.text("-o,--output-file", output, "output file; --: standard output");
        command.footer("Example:\n  nsc generate creds -a APP -n ann -o ann.creds");
    }
    Result<> run(Context& context) {
        auto store = context.open_operator();
        if (!store) return pass(store);
        auto stored = context.open_account(*store, account);
        if (!stored) return pass(stored);
        auto user = context.pick_user(*store, stored->name, name);
        if (!user) return pass(user);
        auto token = store->files.user_jwt(stored->name, *user);
        if (!token) return pass(token);
        auto claims = decode_user(*token);
        if (!claims) return fail(fmt::format("user {}: {}", *user, claims.error().text));
        auto seed = context.keys().seed(claims->sub);
        if (!seed)
            return fail(
                fmt::format("the private key of user \"{}\" is not in the keystore", *user));
        std::string creds = format_creds(*token, *seed);
        wipe(*seed);
        auto done = write(context, creds);
        wipe(creds);
        return done;
    }

  private:
    Result<> write(const Context& context, const std::string& creds) const {
        if (output == "--") {
            fmt::print("{}\n", creds);
            return {};
        }
        const auto file = context.expand(output);
        if (auto ok = write_output_file(file, creds); !ok) return ok;
        say("Success! - generated \"{}\"", context.shown(file));
        return {};
    }
};

struct GenerateConfig {
    bool mem_resolver = false, nats_resolver = false, nats_resolver_cache = false, force = false;
    std::string system_account;
    std::string output = "--";

    void bind(CommandSyntax& command) {
        command.flag("--mem-resolver", mem_resolver,
                     "configuration that contains all account JWTs");
        command.flag("--nats-resolver", nats_resolver,
                     "configuration with a directory of account JWTs, to which 'nsc push' adds");
        command.flag(
            "--nats-resolver-cache", nats_resolver_cache,
            "configuration with a cache of account JWTs from the directories of other servers");
        command.exclusive({"--mem-resolver", "--nats-resolver", "--nats-resolver-cache"});
        command.text("--sys-account", system_account,
                     "name or public key of the system account; default: the operator's");
        command.text("--config-file", output, "output file; --: standard output");
        command.flag("-F,--force", force, "replace an existing file");
        command.footer(
            "Examples:\n"
            "  nsc generate config --mem-resolver --sys-account SYS --config-file resolver.conf\n"
            "  nsc generate config --nats-resolver");
    }
    Result<> run(Context& context) {
        if (!mem_resolver && !nats_resolver && !nats_resolver_cache) {
            return fail("specify --mem-resolver, --nats-resolver or --nats-resolver-cache");
        }
        auto input = collect(context);
        if (!input) return pass(input);
        auto text = mem_resolver
                        ? Result<std::string>(memory_resolver_config(*input))
                        : nats_resolver_config(
                              *input, nats_resolver ? NatsResolver::full : NatsResolver::cache);
        if (!text) return pass(text);
        if (output == "--") {
            fmt::print("{}\n", *text);
            return {};
        }
        const auto file = context.expand(output);
        std::error_code error;
        if (!force && std::filesystem::is_regular_file(file, error)) {
            return fail(fmt::format("\"{}\" already exists, use --force to replace it",
                                    context.shown(file)));
        }
        if (auto ok = write_output_file(file, *text); !ok) return ok;
        say("Success! - generated \"{}\"", context.shown(file));
        return {};
    }

  private:
    Result<ServerConfigInput> collect(const Context& context) const {
        auto store = context.open_operator();
        if (!store) return pass(store);
        ServerConfigInput out;
        out.operator_name = store->claims.name;
        auto operator_jwt = store->files.operator_jwt();
        if (!operator_jwt) return pass(operator_jwt);
        out.operator_jwt = *operator_jwt;
        for (const auto& name : store->files.accounts()) {
            auto account = context.read_account(*store, name);
            if (!account) return pass(account);
            auto token = store->files.account_jwt(name);
            if (!token) return pass(token);
            out.accounts[account->claims.sub] = {account->claims.name, *token};
        }
        if (out.accounts.empty())
            return fail(fmt::format("operator \"{}\" has no accounts", store->files.name()));
        out.system_account = store->claims.system_account;
        if (!system_account.empty()) {
            auto account = context.open_account(*store, system_account);
            if (!account) return fail("--sys-account: " + account.error().text);
            out.system_account = account->claims.sub;
        }
        return out;
    }
};

struct GenerateNkey {
    bool operator_key = false, account = false, user = false, curve = false, store = false;

    void bind(CommandSyntax& command) {
        command.flag("-o,--operator", operator_key, "make an operator key");
        command.flag("-a,--account", account, "make an account key");
        command.flag("-u,--user", user, "make a user key");
        command.flag("-x,--curve", curve, "make a curve key");
        command.flag("-S,--store", store,
                     "store the key in the keystore instead of printing the seed");
    }
    Result<> run(Context& context) {
        if (!operator_key && !account && !user && !curve)
            return fail("set --operator, --account, --user, or --curve");
        const std::tuple<bool, KeyKind, const char*> kinds[] = {
            {operator_key, KeyKind::operator_key, "operator"},
            {account, KeyKind::account, "account"},
            {user, KeyKind::user, "user"},
            {curve, KeyKind::curve, "curve"}};
        for (const auto& [wanted, kind, name] : kinds) {
            if (!wanted) continue;
            if (auto ok = make(context, kind, name); !ok) return ok;
        }
        return {};
    }

  private:
    Result<> make(const Context& context, KeyKind kind, const char* name) const {
        if (store) {
            auto pair = context.new_key(kind);
            if (!pair) return pass(pair);
            fmt::print("{}\n{} key stored {}\n\n", pair->public_key(), name,
                       context.keys().key_file(pair->public_key()).string());
            return {};
        }
        const KeyPair pair = KeyPair::generate(kind);
        std::string seed = pair.seed();
        fmt::print("{}\n{}\n\n", seed, pair.public_key());
        wipe(seed);
        return {};
    }
};

}  // namespace

void add_generate_commands(Commands& commands) {
    add_command<GenerateCreds>(commands, "generate", "creds", "Generate the creds of a user");
    add_command<GenerateConfig>(commands, "generate", "config",
                                "Generate a server configuration with the operator's accounts");
    add_command<GenerateNkey>(commands, "generate", "nkey", "Generate a key");
}

}  // namespace midge::tools
