#include "nsc/list_keys.h"

#include <algorithm>
#include <set>

#include "auth/jwt.h"
#include "base/json.h"
#include "base/text.h"
#include "common/json_text.h"
#include "common/table.h"

namespace midge::tools {
namespace {

KeyRow make_row(const Context& context, std::string name, std::string public_key, KeyKind kind,
                std::string parent) {
    KeyRow row;
    row.name = std::move(name);
    row.public_key = std::move(public_key);
    row.parent = std::move(parent);
    row.kind = kind;
    row.curve = kind == KeyKind::curve;
    row.stored = context.keys().has_seed(row.public_key);
    row.invalid = row.stored && !context.stored_key(row.public_key);
    return row;
}

const char* kind_name(KeyKind kind) {
    switch (kind) {
        case KeyKind::operator_key:
            return "operator";
        case KeyKind::account:
            return "account";
        case KeyKind::curve:
            return "x25519";
        default:
            return "user";
    }
}

std::string indented_name(const KeyRow& row) {
    if (row.name == "?" || row.kind == KeyKind::operator_key) return row.name;
    return (row.kind == KeyKind::user ? "  " : " ") + row.name;
}

std::string mark(const KeyRow& row) {
    if (row.curve) return "T";
    return row.signing ? "*" : "";
}

}  // namespace

void ListKeys::bind(CommandSyntax& command) {
    command.alias("key");
    command.flag("-o,--operator", operators, "show operator keys");
    command.flag("-a,--accounts", accounts, "show account keys");
    command.flag("-u,--users", users, "show user keys");
    command.flag("-x,--curve", curves, "show curve keys");
    command.flag("-A,--all", all, "show the keys of all kinds and all accounts");
    command.text("--account", account, "only keys of this account");
    command.text("--user", user, "only keys of this user");
    command.text("-f,--filter", filter, "only public keys that contain this");
    command.flag("--not-referenced", not_referenced,
                 "show only stored keys that this operator does not use");
    command.flag("-S,--show-seeds", show_seeds, "show the secret seeds");
    command.flag("-J,--json", json, "print JSON");
    command.footer(
        "Examples:\n"
        "  nsc list keys\n"
        "  nsc list keys --all --filter VSVMGA\n"
        "  nsc list keys --not-referenced");
}

Result<> ListKeys::collect_account(const Context& context, const OperatorStore& store,
                                   const std::string& name, std::vector<KeyRow>& rows) const {
    auto stored = context.read_account(store, name);
    if (!stored) return pass(stored);
    const AccountClaims& claims = stored->claims;
    rows.push_back(make_row(context, claims.name, claims.sub, KeyKind::account, store.claims.sub));
    for (const auto& [key, scope] : claims.signing_keys) {
        rows.push_back(make_row(context, claims.name, key, KeyKind::account, store.claims.sub));
        rows.back().signing = true;
    }
    if (!claims.authorization.xkey.empty()) {
        rows.push_back(make_row(context, claims.name, claims.authorization.xkey, KeyKind::curve,
                                store.claims.sub));
    }
    for (const auto& user_name : store.files.users(name)) {
        if (!user.empty() && user_name != user) continue;
        auto jwt = store.files.user_jwt(name, user_name);
        auto user_claims = jwt ? decode_user(*jwt) : Result<UserClaims>(pass(jwt));
        if (!user_claims)
            return fail(fmt::format("user {}: {}", user_name, user_claims.error().text));
        rows.push_back(
            make_row(context, user_claims->name, user_claims->sub, KeyKind::user, claims.sub));
    }
    return {};
}

Result<std::vector<KeyRow>> ListKeys::collect(const Context& context) const {
    auto store = context.open_operator();
    if (!store) return pass(store);
    std::vector<KeyRow> rows{
        make_row(context, store->claims.name, store->claims.sub, KeyKind::operator_key, "")};
    for (const auto& key : store->claims.signing_keys) {
        rows.push_back(make_row(context, store->claims.name, key, KeyKind::operator_key, ""));
        rows.back().signing = true;
    }
    const bool kinds_given = operators || accounts || users || curves || all;
    std::vector<std::string> names = store->files.accounts();
    if (!account.empty()) {
        names = {account};
    } else if (!kinds_given && !context.account().empty() && !not_referenced) {
        names = {context.account()};
    }
    for (const auto& name : names) {
        if (auto ok = collect_account(context, *store, name, rows); !ok) return pass(ok);
    }
    if (!not_referenced) return rows;

    std::set<std::string> referenced;
    for (const auto& row : rows) referenced.insert(row.public_key);
    rows.clear();
    for (const auto& key : context.keys().public_keys()) {
        if (referenced.count(key) == 0)
            rows.push_back(
                make_row(context, "?", key, public_key_kind(key).value_or(KeyKind::user), ""));
    }
    return rows;
}

bool ListKeys::selected(const KeyRow& row) const {
    if (row.public_key.find(filter) == std::string::npos) return false;
    if (all || !(operators || accounts || users || curves)) return true;
    switch (row.kind) {
        case KeyKind::operator_key:
            return operators;
        case KeyKind::account:
            return accounts;
        case KeyKind::curve:
            return curves;
        default:
            return users;
    }
}

std::string ListKeys::render_table(const std::vector<KeyRow>& rows) const {
    Table table("Keys");
    table.set_headers({"Entity", "Key", "Signing Key", "Stored"});
    bool unreferenced = false;
    for (const auto& row : rows) {
        unreferenced = unreferenced || row.name == "?";
        const char* stored = row.stored ? "*" : "";
        table.add_row(
            {indented_name(row), row.public_key, mark(row), row.invalid ? "BAD" : stored});
    }
    std::string out = table.render(Palette(StandardStream::out));
    if (unreferenced) out += "[ ? ] key that this operator does not use\n";
    return out + "[ T ] auth callout encryption target\n";
}

std::string ListKeys::render_seeds(const Context& context, const std::vector<KeyRow>& rows) const {
    Table table("Seeds Keys");
    table.set_headers({"Entity", "Private Key", "Signing Key"});
    for (const auto& row : rows) {
        auto seed = context.keys().seed(row.public_key);
        table.add_row({indented_name(row), seed && !row.invalid ? *seed : row.public_key + " [!]",
                       mark(row)});
        if (seed) wipe(*seed);
    }
    return table.render(Palette(StandardStream::out)) +
           "[ ! ] seed is not stored\n[ T ] auth callout encryption target\n";
}

std::string ListKeys::render_json(const Context& context, const std::vector<KeyRow>& rows) const {
    JsonArray array = new Poco::JSON::Array();
    for (const auto& row : rows) {
        JsonObject object = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
        object->set("name", row.name);
        object->set("pub", row.public_key);
        if (!row.parent.empty()) object->set("parent", row.parent);
        object->set("signing", row.signing);
        object->set("curve", row.curve);
        object->set("key_path",
                    row.stored ? context.keys().key_file(row.public_key).string() : std::string());
        object->set("invalid", row.invalid);
        object->set("expected_kind", kind_name(row.kind));
        if (show_seeds) {
            if (auto seed = context.keys().seed(row.public_key)) object->set("seed", *seed);
        }
        array->add(object);
    }
    return indented_json(array, 1) + "\n";
}

Result<> ListKeys::run(Context& context) {
    if (not_referenced && show_seeds)
        return fail("specify one of --show-seeds or --not-referenced");
    std::transform(filter.begin(), filter.end(), filter.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    auto rows = collect(context);
    if (!rows) return pass(rows);
    rows->erase(std::remove_if(rows->begin(), rows->end(),
                               [&](const KeyRow& row) { return !selected(row); }),
                rows->end());
    if (rows->empty()) {
        fmt::print("no keys matched query\n");
    } else if (json) {
        fmt::print("{}", render_json(context, *rows));
    } else {
        fmt::print("{}", show_seeds ? render_seeds(context, *rows) : render_table(*rows));
    }
    return {};
}

}  // namespace midge::tools
