#include <iostream>

#include "auth/creds.h"
#include "auth/jwt.h"
#include "common/files.h"
#include "common/json_text.h"
#include "nsc/commands.h"
#include "nsc/describe_tables.h"
#include "nsc/http_client.h"
#include "nsc/json_path.h"

namespace midge::tools {
namespace {

AccountName account_names(const Context& context) {
    std::map<std::string, std::string> names;
    if (auto store = context.open_operator()) {
        for (const auto& name : store->files.accounts()) {
            if (auto account = context.read_account(*store, name))
                names.emplace(account->claims.sub, name);
        }
    }
    return [names = std::move(names)](const std::string& key) {
        const auto found = names.find(key);
        return found == names.end() ? key : found->second;
    };
}

// The flags of all "describe" commands: format and destination of the output.
struct DescribeFlags {
    bool json = false, raw = false, long_ids = false;
    std::string field;
    std::string output = "--";

    void bind(CommandSyntax& command) {
        command.flag("-J,--json", json, "print the claims of the JWT as JSON");
        command.flag("-R,--raw", raw, "print the JWT itself");
        command.flag("-W,--long-ids", long_ids,
                     "show public keys of accounts instead of their names");
        command.text("-F,--field", field,
                     "print one field: sub, nats.limits.conn, nats.exports[0].subject");
        command.text("-o,--output-file", output, "output file; --: standard output");
    }

    Result<> run(const Context& context, const std::string& token) const {
        auto text = render(context, token);
        if (!text) return pass(text);
        if (output == "--") {
            fmt::print("{}", *text);
            return {};
        }
        const auto file = context.expand(output);
        if (auto ok = write_output_file(file, *text); !ok) return ok;
        say("Success! - wrote {} to \"{}\"", raw ? "jwt" : "description", context.shown(file));
        return {};
    }

  private:
    Result<std::string> render(const Context& context, const std::string& token) const {
        auto type = claim_type(token);
        if (!type) return pass(type);
        if (raw) return output == "--" ? token + "\n" : decorate_jwt(*type, token);
        if (!json && field.empty()) return render_table(context, token, *type);
        auto text = claims_json(token);
        if (!text) return pass(text);
        auto object = parse_json_object(*text);
        if (!object) return pass(object);
        if (field.empty()) return indented_json(*object, 1) + "\n";
        auto value = json_at_path(*object, field);
        if (!value) return pass(value);
        return *value + "\n";
    }

    Result<std::string> render_table(const Context& context, const std::string& token,
                                     const std::string& type) const {
        const AccountName names =
            long_ids ? [](const std::string& key) { return key; } : account_names(context);
        const Palette palette = output == "--" ? Palette(StandardStream::out) : Palette();
        const auto table = [&](const auto& claims, auto... extra) -> Result<std::string> {
            if (!claims) return fail(claims.error().code, claims.error().text);
            return describe(*claims, palette, extra...);
        };
        if (type == "operator") return table(decode_operator(token), names);
        if (type == "account") return table(decode_account(token), names);
        if (type == "user") return table(decode_user(token));
        if (type == "activation") return table(decode_activation(token));
        return fail(Errc::unsupported,
                    fmt::format("no description of \"{}\" JWTs; try --json", type));
    }
};

struct DescribeOperator {
    std::string name;
    DescribeFlags flags;

    void bind(CommandSyntax& command) {
        command.name(name, "operator name or public key; default: the current operator");
        flags.bind(command);
    }
    Result<> run(Context& context) {
        if (is_public_key(KeyKind::operator_key, name)) {
            for (const auto& candidate : list_operators(context.stores())) {
                auto store = context.open_operator(candidate);
                if (store && store->claims.sub == name) return show(context, *store);
            }
            return fail(Errc::not_found, fmt::format("no operator found with public key {}", name));
        }
        auto store = name.empty() ? context.open_operator() : context.open_operator(name);
        if (!store) return pass(store);
        return show(context, *store);
    }

  private:
    Result<> show(const Context& context, const OperatorStore& store) const {
        auto token = store.files.operator_jwt();
        if (!token) return pass(token);
        return flags.run(context, *token);
    }
};

struct DescribeAccount {
    std::string name;
    DescribeFlags flags;

    void bind(CommandSyntax& command) {
        command.name(name, "account name or public key; default: the current account");
        flags.bind(command);
        command.footer(
            "Examples:\n  nsc describe account SYS\n  nsc describe account SYS --field sub");
    }
    Result<> run(Context& context) {
        auto store = context.open_operator();
        if (!store) return pass(store);
        auto account = context.open_account(*store, name);
        if (!account) return pass(account);
        auto token = store->files.account_jwt(account->name);
        if (!token) return pass(token);
        return flags.run(context, *token);
    }
};

struct DescribeUser {
    std::string name, account;
    DescribeFlags flags;

    void bind(CommandSyntax& command) {
        command.name(name, "user name; default: the only user of the account");
        command.text("-a,--account", account,
                     "account name or public key; default: the current account");
        flags.bind(command);
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
        return flags.run(context, *token);
    }
};

struct DescribeJwt {
    std::string file;
    DescribeFlags flags;

    void bind(CommandSyntax& command) {
        command.required_text("-f,--file", file, "file or http URL of a JWT or creds");
        flags.bind(command);
    }
    Result<> run(Context& context) {
        auto text = read_file_or_url(context, file);
        if (!text) return pass(text);
        auto token = parse_jwt_text(*text);
        if (!token) return pass(token);
        return flags.run(context, *token);
    }
};

}  // namespace

void add_describe_commands(Commands& commands) {
    add_command<DescribeOperator>(commands, "describe", "operator", "Show an operator's JWT");
    add_command<DescribeAccount>(commands, "describe", "account", "Show an account's JWT");
    add_command<DescribeUser>(commands, "describe", "user", "Show a user's JWT");
    add_command<DescribeJwt>(commands, "describe", "jwt", "Show the JWT of a file");
}

}  // namespace midge::tools
