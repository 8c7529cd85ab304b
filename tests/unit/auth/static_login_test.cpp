#include "auth/static_login.h"

#include <gtest/gtest.h>

#include "auth/nkey.h"
#include "auth/password.h"
#include "base/encoding.h"

namespace midge {
namespace {

StaticUserSpec user(std::string name, std::string password) {
    StaticUserSpec spec;
    spec.name = std::move(name);
    spec.password = std::move(password);
    return spec;
}

StaticUsers build(const StaticAuthSpec& spec) {
    auto users = StaticUsers::from(spec);
    EXPECT_TRUE(users) << users.error().text;
    return std::move(*users);
}

StaticOffer offer(std::string_view name, std::string_view password) {
    StaticOffer out;
    out.user = name;
    out.password = password;
    return out;
}

TEST(StaticUsers, are_not_required_without_configuration) {
    EXPECT_FALSE(build({}).required());
    StaticAuthSpec token;
    token.token = "t";
    EXPECT_TRUE(build(token).required());
}

TEST(StaticUsers, log_in_with_their_password_only) {
    StaticAuthSpec spec;
    spec.users = {user("alice", "secret"), user("empty", "")};
    const auto users = build(spec);
    EXPECT_EQ(users.check(offer("alice", "secret")).value().name, "alice");
    EXPECT_FALSE(users.check(offer("alice", "Secret")));
    EXPECT_FALSE(users.check(offer("alice", "")));
    EXPECT_FALSE(users.check(offer("alice", std::string_view("secret\0", 7))));
    EXPECT_FALSE(users.check(offer("Alice", "secret")));
    EXPECT_FALSE(users.check(offer("", "secret")));
    EXPECT_TRUE(users.check(offer("empty", "")));
    EXPECT_FALSE(users.check(offer("empty", "x")));
    EXPECT_EQ(users.check(offer("eve\n", "x")).error().text, "user \"eve\\n\" is not known");
    EXPECT_EQ(users.check(offer("alice", "wrong")).error().text,
              "wrong password for user \"alice\"");
}

TEST(StaticUsers, that_are_not_known_take_as_long_as_those_with_a_hash) {
    StaticAuthSpec spec;
    spec.users = {user("slow", hash_password("pw", bcrypt_cost_min).value()), user("fast", "pw")};
    const auto with_hash = StaticUsers::from(spec).value();
    StaticOffer offer;
    offer.user = "nobody";
    offer.password = "pw";
    EXPECT_TRUE(with_hash.needs_slow_check(offer));
    EXPECT_FALSE(with_hash.check(offer));
    spec.users = {user("fast", "pw")};
    EXPECT_FALSE(StaticUsers::from(spec).value().needs_slow_check(offer));
}

TEST(StaticUsers, with_bcrypt_ask_for_a_worker) {
    StaticAuthSpec spec;
    spec.users = {user("slow", hash_password("pw", bcrypt_cost_min).value()), user("fast", "pw")};
    const auto users = build(spec);
    EXPECT_TRUE(users.needs_slow_check(offer("slow", "x")));
    EXPECT_FALSE(users.needs_slow_check(offer("fast", "x")));
    EXPECT_TRUE(users.needs_slow_check(offer("nobody", "x"))) << "takes as long as the others";
    EXPECT_TRUE(users.check(offer("slow", "pw")));
    EXPECT_FALSE(users.check(offer("slow", "pW")));
}

TEST(StaticUsers, make_single_user_and_token_void) {
    StaticAuthSpec spec;
    spec.users = {user("a", "1")};
    spec.token = "t";
    const auto users = build(spec);
    StaticOffer by_token;
    by_token.token = "t";
    EXPECT_FALSE(users.check(by_token));
    EXPECT_TRUE(users.check(offer("a", "1")));
}

TEST(StaticToken, plain_or_hashed_is_compared_with_the_token_only) {
    for (const auto& stored : {std::string("tok"), hash_password("tok", bcrypt_cost_min).value()}) {
        StaticAuthSpec spec;
        spec.token = stored;
        const auto users = build(spec);
        StaticOffer right;
        right.token = "tok";
        EXPECT_TRUE(users.check(right));
        EXPECT_EQ(users.needs_slow_check(right), is_bcrypt(stored));
        StaticOffer wrong;
        wrong.token = "toc";
        EXPECT_EQ(users.check(wrong).error().text, "wrong token");
        EXPECT_FALSE(users.check(offer("tok", "tok")));
        EXPECT_FALSE(users.check(StaticOffer{}));
    }
}

TEST(StaticSingleUser, needs_name_and_password) {
    StaticAuthSpec spec;
    spec.user = "derek";
    spec.password = "pass";
    const auto users = build(spec);
    EXPECT_TRUE(users.check(offer("derek", "pass")));
    EXPECT_FALSE(users.check(offer("derek", "")));
    EXPECT_FALSE(users.check(offer("", "pass")));
    EXPECT_FALSE(users.check(StaticOffer{}));
}

TEST(StaticNkey, needs_a_signature_of_this_nonce) {
    const auto key = KeyPair::generate(KeyKind::user);
    const auto other = KeyPair::generate(KeyKind::user);
    StaticAuthSpec spec;
    spec.users.resize(1);
    spec.users[0].nkey = key.public_key();
    const auto users = build(spec);
    const auto attempt = [&](const KeyPair& named, const std::string& signature,
                             std::string_view nonce) {
        StaticOffer out;
        out.nkey = named.public_key();
        out.signature = signature;
        out.nonce = nonce;
        return users.check(out);
    };
    const std::string good = base64url_encode(key.sign("nonce"));
    const auto login = attempt(key, good, "nonce");
    ASSERT_TRUE(login) << login.error().text;
    EXPECT_TRUE(login->by_nkey);
    EXPECT_EQ(login->name, key.public_key());
    EXPECT_TRUE(attempt(key, base64_encode(key.sign("nonce")), "nonce"));
    EXPECT_EQ(attempt(key, good, "other").error().text, "the signature does not fit the nonce");
    EXPECT_EQ(attempt(key, "", "nonce").error().text, "the nonce was not signed");
    EXPECT_EQ(attempt(key, "?", "nonce").error().text, "the signature is not base64");
    EXPECT_FALSE(attempt(key, base64url_encode(key.sign("")), ""));
    EXPECT_FALSE(attempt(key, base64url_encode(other.sign("nonce")), "nonce"));
    EXPECT_FALSE(attempt(other, base64url_encode(other.sign("nonce")), "nonce"));
    EXPECT_FALSE(users.check(offer("", ""))) << "an nkey user has no empty password";
    EXPECT_FALSE(users.check(offer(key.public_key(), "")));
}

TEST(StaticUsers, keep_to_their_connection_types_even_without_proof) {
    StaticAuthSpec spec;
    spec.users = {user("ws", "p")};
    spec.users[0].allowed_connection_types = {"WEBSOCKET"};
    const auto users = build(spec);
    EXPECT_EQ(users.check(offer("ws", "p")).error().text,
              "connection type STANDARD is not allowed");
    EXPECT_FALSE(users.without_proof("ws", ConnectionType::standard, false));
    EXPECT_TRUE(users.without_proof("ws", ConnectionType::websocket, false));
    EXPECT_FALSE(users.without_proof("nobody", ConnectionType::websocket, false));
}

TEST(StaticUsers, without_own_permissions_share_the_default_ones) {
    StaticAuthSpec spec;
    spec.users = {user("a", "1"), user("b", "1"), user("c", "1")};
    spec.users[2].permissions.emplace();
    spec.default_permissions.emplace();
    spec.default_permissions->publish.allow = {"only"};
    const auto users = build(spec);
    const auto a = users.check(offer("a", "1")).value().permissions;
    ASSERT_TRUE(a);
    EXPECT_FALSE(a->may_publish("other"));
    EXPECT_EQ(users.check(offer("b", "1")).value().permissions, a);
    EXPECT_TRUE(users.check(offer("c", "1")).value().permissions->may_publish("other"));
}

TEST(StaticUsers, are_refused_when_configured_wrongly) {
    StaticAuthSpec spec;
    spec.users = {user("", "x")};
    EXPECT_EQ(StaticUsers::from(spec).error().text, "User entry requires a user");
    spec.users = {user("a", "x"), user("a", "y")};
    EXPECT_EQ(StaticUsers::from(spec).error().text, "Duplicate user \"a\" detected");
    spec.users = {StaticUserSpec{}};
    spec.users[0].nkey = KeyPair::generate(KeyKind::account).public_key();
    EXPECT_EQ(StaticUsers::from(spec).error().text, "Not a valid public nkey for a user");
}

TEST(Password, hashes_are_of_the_kind_that_nats_tools_make) {
    const auto hash = hash_password("s3cret", bcrypt_cost_min).value();
    EXPECT_EQ(hash.substr(0, 7), "$2a$04$");
    EXPECT_EQ(hash.size(), 60U);
    EXPECT_TRUE(check_password(hash, "s3cret"));
    EXPECT_FALSE(check_password(hash, "s3cre"));
    EXPECT_NE(hash_password("s3cret", bcrypt_cost_min).value(), hash) << "salted";
}

TEST(Password, published_hashes_of_other_implementations_match) {
    EXPECT_TRUE(
        check_password("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"));
    EXPECT_FALSE(
        check_password("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*V"));
}

TEST(Password, hash_text_is_not_its_own_password) {
    const auto hash = hash_password("x", bcrypt_cost_min).value();
    EXPECT_FALSE(check_password(hash, hash));
    EXPECT_FALSE(check_password("$2a$04$", ""));
    EXPECT_FALSE(check_password("$2a$99$CCCCCCCCCCCCCCCCCCCCC.", "x"));
}

TEST(Password, with_a_nul_is_no_shorter_password) {
    const auto hash = hash_password("abc", bcrypt_cost_min).value();
    EXPECT_FALSE(check_password(hash, std::string_view("abc\0def", 7)));
    EXPECT_FALSE(hash_password(std::string_view("abc\0def", 7), bcrypt_cost_min));
}

TEST(Password, hashing_refuses_what_bcrypt_would_cut_and_wrong_costs) {
    EXPECT_TRUE(hash_password(std::string(72, 'x'), bcrypt_cost_min));
    EXPECT_FALSE(hash_password(std::string(73, 'x'), bcrypt_cost_min));
    EXPECT_EQ(hash_password("x", 3).error().text, "bcrypt cost is 3, expected 4..31");
    EXPECT_FALSE(hash_password("x", 32));
}

TEST(Password, is_bcrypt_only_with_the_whole_prefix) {
    EXPECT_TRUE(is_bcrypt("$2a$10$"));
    EXPECT_TRUE(is_bcrypt("$2b$04$x"));
    EXPECT_TRUE(is_bcrypt("$2x$31$x"));
    EXPECT_TRUE(is_bcrypt("$2y$11$x"));
    for (const char* plain : {"", "$2a$", "$2c$10$", "$2$10$x", "2a$10$", "$2a$1$xx", "$2a$1x$"}) {
        EXPECT_FALSE(is_bcrypt(plain)) << plain;
    }
}

}  // namespace
}  // namespace midge
