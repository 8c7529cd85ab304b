// Logins that must succeed, and the rights that they give.
#include "auth/jwt_login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/source_network.h"
#include "auth/time_window.h"
#include "unit/auth/login_world.h"

namespace midge {
namespace {

using test::LoginWorld;
using test::sign_v1;
using testing::ElementsAre;

TEST(JwtLogin, of_a_plain_user_grants_everything) {
    LoginWorld w;
    const auto login = w.login();
    ASSERT_TRUE(login) << login.error().text;
    EXPECT_EQ(login->account, w.account_key.public_key());
    EXPECT_EQ(login->issuer_key, w.account_key.public_key());
    EXPECT_EQ(login->name, "bob");
    EXPECT_EQ(login->permissions, nullptr);
    EXPECT_EQ(login->subs, no_limit);
    EXPECT_EQ(login->payload, no_limit);
    EXPECT_EQ(login->expires_at_seconds, 0);
}

TEST(JwtLogin, takes_the_signature_in_both_base64_alphabets) {
    LoginWorld w;
    w.signature = base64_encode(w.user_key.sign(w.nonce));
    EXPECT_TRUE(w.login());
}

TEST(JwtLogin, of_a_signing_key_needs_issuer_account) {
    LoginWorld w;
    w.user_issuer = &w.account_signer;
    w.user_claims.issuer_account = w.account_key.public_key();
    const auto login = w.login();
    ASSERT_TRUE(login) << login.error().text;
    EXPECT_EQ(login->account, w.account_key.public_key());
    EXPECT_EQ(login->issuer_key, w.account_signer.public_key());
}

TEST(JwtLogin, under_a_strict_operator_works_with_signing_keys_all_along) {
    LoginWorld w;
    w.operator_claims.strict_signing_key_usage = true;
    w.account_issuer = &w.operator_signer;
    w.user_issuer = &w.account_signer;
    w.user_claims.issuer_account = w.account_key.public_key();
    EXPECT_TRUE(w.login());
}

TEST(JwtLogin, of_version_1_has_unlimited_absent_limits) {
    LoginWorld w;
    w.user_token =
        sign_v1(R"({"iat":1,"iss":")" + w.account_key.public_key() + R"(","sub":")" +
                    w.user_key.public_key() + R"(","type":"user","name":"v1","nats":{}})",
                w.account_key);
    const auto login = w.login();
    ASSERT_TRUE(login) << login.error().text;
    EXPECT_EQ(login->subs, no_limit);
    LoginWorld signer;
    signer.user_token =
        sign_v1(R"({"iat":1,"iss":")" + signer.account_signer.public_key() + R"(","sub":")" +
                    signer.user_key.public_key() + R"(","type":"user","issuer_account":")" +
                    signer.account_key.public_key() + R"(","nats":{}})",
                signer.account_signer);
    EXPECT_TRUE(signer.login());
}

TEST(JwtLogin, takes_the_smaller_of_the_limits_of_user_and_account) {
    LoginWorld w;
    w.user_claims.limits.subs = 10;
    w.user_claims.limits.payload = 5'000'000'000;  // does not fit into 32 bits
    w.account_claims.limits.subs = 3;
    const auto login = w.login();
    ASSERT_TRUE(login);
    EXPECT_EQ(login->subs, 3);
    EXPECT_EQ(login->payload, 5'000'000'000);
}

TEST(JwtLogin, of_a_bearer_needs_no_signature) {
    LoginWorld w;
    w.user_claims.limits.bearer_token = true;
    w.signature = "-";
    EXPECT_TRUE(w.login());
}

TEST(JwtLogin, falls_back_to_the_default_permissions_of_the_account) {
    LoginWorld w;
    w.account_claims.default_permissions.pub.allow = {"dp.>"};
    const auto login = w.login();
    ASSERT_TRUE(login);
    EXPECT_TRUE(login->uses_default_permissions);
    ASSERT_TRUE(login->permissions);
    EXPECT_TRUE(login->permissions->may_publish("dp.x"));
    EXPECT_FALSE(login->permissions->may_publish("other"));

    LoginWorld own;
    own.account_claims.default_permissions.pub.allow = {"dp.>"};
    own.user_claims.limits.permissions.pub.allow = {"only"};
    const auto second = own.login();
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->uses_default_permissions);
    EXPECT_FALSE(second->permissions->may_publish("dp.x"));
    EXPECT_TRUE(second->permissions->may_publish("only"));
}

TEST(JwtLogin, is_not_revoked_by_what_is_older_than_the_token) {
    LoginWorld w;
    w.account_claims.revocations = {{"*", w.now - 41}, {w.user_key.public_key(), w.now - 41}};
    EXPECT_TRUE(w.login()) << "issued 40 seconds ago";
}

TEST(JwtLogin, takes_known_connection_types_in_any_case_and_skips_others) {
    LoginWorld w;
    w.user_claims.limits.allowed_connection_types = {"FOO", "standard"};
    EXPECT_TRUE(w.login());
}

TEST(JwtLogin, takes_addresses_within_the_networks) {
    for (const char* ip : {"127.0.0.1", "::ffff:127.0.0.1", "fe80::1%eth0"}) {
        LoginWorld w;
        w.client_ip = ip;
        w.user_claims.limits.src = {"127.0.0.0/8", "fe80::/10"};
        EXPECT_TRUE(w.login()) << ip;
    }
}

TEST(SourceNetwork, is_read_strictly) {
    for (const char* good : {"0.0.0.0/0", "10.1.2.3/32", "::/0", "2001:db8::/33", "::1/128"}) {
        EXPECT_TRUE(is_network(good)) << good;
    }
    for (const char* bad : {"", "/", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
                            "10.0.0/8", "10/8", "010.0.0.0/8", "0x0a.0.0.0/8", "256.0.0.0/8",
                            "10.0.0.0/08", " 10.0.0.0/8", "::/129", "::g/1", "fe80::1%eth0/64"}) {
        EXPECT_FALSE(is_network(bad)) << bad;
    }
}

TEST(SourceNetwork, holds_the_addresses_of_its_prefix) {
    EXPECT_TRUE(is_in_networks("10.1.2.255", {"10.1.2.128/25"}));
    EXPECT_FALSE(is_in_networks("10.1.2.127", {"10.1.2.128/25"}));
    EXPECT_TRUE(is_in_networks("2001:db8:8000::1", {"2001:db8:8000::/33"}));
    EXPECT_FALSE(is_in_networks("2001:db8:7fff::1", {"2001:db8:8000::/33"}));
    EXPECT_TRUE(is_in_networks("1.2.3.4", {"bad", "0.0.0.0/0"}));
    EXPECT_FALSE(is_in_networks("1.2.3.4", {"::/0"})) << "another family";
    for (const char* const all : {"::/0", "::0/0", "0::/0", "0:0:0:0:0:0:0:0/0", "::0.0.0.0/0"})
        EXPECT_TRUE(is_in_networks("2001:db8::1", {all})) << all;
    for (const char* const none : {":/0", "0:/0", "0:0:0:0:0:0:0:/0", ":::/0", "0::0::0/0"})
        EXPECT_FALSE(is_network(none)) << none;
    EXPECT_FALSE(is_in_networks("", {"0.0.0.0/0", "::/0"}));
    EXPECT_FALSE(is_in_networks("localhost", {"0.0.0.0/0"}));
    EXPECT_EQ(site_of("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(site_of("::ffff:192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(site_of("2001:db8:a::1"), "2001:db8:a::/48");
    EXPECT_EQ(site_of("2001:db8:a:ffff:ffff::"), "2001:db8:a::/48");
    EXPECT_EQ(site_of("fe80::1%eth0"), "fe80:0:0::/48");
    EXPECT_EQ(site_of("localhost"), "localhost");
}

TEST(JwtLogin, ends_with_the_token_or_the_time_window_whichever_is_first) {
    LoginWorld w;  // its clock shows 22:13:20 UTC
    w.user_claims.exp = w.now + 3600;
    w.user_claims.limits.times_location = "UTC";
    w.user_claims.limits.times = {{"22:00:00", "22:30:00"}};
    EXPECT_EQ(w.login().value().expires_at_seconds, w.now + 16 * 60 + 40);
    LoginWorld later;
    later.user_claims.exp = later.now + 60;
    later.user_claims.limits.times_location = "UTC";
    later.user_claims.limits.times = {{"22:00:00", "22:30:00"}};
    EXPECT_EQ(later.login().value().expires_at_seconds, later.now + 60);
}

TEST(JwtLogin, goes_through_a_trusted_proxy_when_that_is_required) {
    LoginWorld w;
    w.user_claims.limits.proxy_required = true;
    w.through_trusted_proxy = true;
    EXPECT_TRUE(w.login());
}

TEST(JwtLogin, of_a_pinned_account_works) {
    LoginWorld w;
    w.pinned = {w.account_key.public_key()};
    EXPECT_TRUE(w.login());
}

TEST(ScopedLogin, gets_the_template_with_its_functions_replaced) {
    LoginWorld w;
    w.use_scope();
    w.user_claims.tags = {"team:blue", "team:red", "other:x"};
    w.account_claims.tags = {"org:acme"};
    auto& limits = w.scope().template_limits;
    limits.permissions.pub.allow = {"ok.{{name()}}.>", "t.{{ TAG(team) }}.{{tag(other)}}",
                                    "gone.{{tag(none)}}"};
    limits.permissions.sub.allow = {"_INBOX.>",
                                    "a.{{account-name()}}.{{account-tag(org)}} q.{{name()}}"};
    limits.permissions.sub.deny = {"d.{{subject()}}", "e.{{account-subject()}}"};
    limits.subs = 5;
    limits.payload = 20;
    const auto login = w.login();
    ASSERT_TRUE(login) << login.error().text;
    const auto& got = login->user.limits.permissions;
    EXPECT_THAT(got.pub.allow, ElementsAre("ok.bob.>", "t.blue.x", "t.red.x"));
    EXPECT_THAT(got.sub.allow, ElementsAre("_INBOX.>", "a.ACC.acme q.bob"));
    EXPECT_THAT(got.sub.deny,
                ElementsAre("d." + w.user_key.public_key(), "e." + w.account_key.public_key()));
    EXPECT_EQ(login->subs, 5);
    EXPECT_EQ(login->payload, 20);
    EXPECT_TRUE(login->permissions->may_publish("ok.bob.1"));
    EXPECT_FALSE(login->permissions->may_publish("ok.al.1"));
}

TEST(ScopedLogin, cannot_widen_the_template_by_a_name_or_tag) {
    for (const char* name : {"*", ">", "a.>", "a *", "a b", "", ".", "a..b", "a\tb"}) {
        LoginWorld w;
        w.use_scope();
        w.user_claims.name = name;
        w.scope().template_limits.permissions.pub.allow = {"ok.{{name()}}"};
        const auto login = w.login();
        ASSERT_TRUE(login) << login.error().text;
        ASSERT_TRUE(login->permissions);
        for (const char* subject : {"ok.a", "ok.*", "ok.>", "ok", "other", "ok.a.b"}) {
            EXPECT_FALSE(login->permissions->may_publish(subject)) << name << " " << subject;
        }
    }
}

TEST(ScopedLogin, allows_nothing_by_a_template_that_is_none) {
    for (const char* entry :
         {"{{", "}}", "{{}}", "{{ }}", "{{()}}", "{{tag}}", "{{tag(}}", "{{tag)}}", "{{tag()}}",
          "{{name}}", "{{name(}}", "{{nothing()}}", "}}{{", "{{{{name()}}", "a.{{tag(team)}",
          "{{account-tag(", "{{tag(a)}}{{tag(", "{{name()}}{{"}) {
        LoginWorld w;
        w.use_scope();
        w.scope().template_limits.permissions.pub.allow = {entry};
        w.scope().template_limits.permissions.sub.allow = {entry};
        const auto login = w.login();
        if (!login) continue;
        ASSERT_TRUE(login->permissions) << entry;
        for (const char* subject : {"a", "bob", "a.team", "tag"}) {
            EXPECT_FALSE(login->permissions->may_publish(subject)) << entry << " " << subject;
            EXPECT_EQ(login->permissions->may_subscribe(subject, ""), SubscribeVerdict::denied)
                << entry << " " << subject;
        }
    }
}

TEST(ScopedLogin, takes_names_of_any_script) {
    LoginWorld w;
    w.use_scope();
    w.user_claims.name = "Zoë-李";
    w.scope().template_limits.permissions.pub.allow = {"ok.{{name()}}"};
    const auto login = w.login();
    ASSERT_TRUE(login);
    EXPECT_TRUE(login->permissions->may_publish("ok.Zoë-李"));
}

TEST(ScopedLogin, may_not_do_anything_when_every_allow_entry_is_dropped) {
    LoginWorld w;
    w.use_scope();
    w.scope().template_limits.permissions.sub.allow = {"a.{{tag(none)}}"};
    const auto login = w.login();
    ASSERT_TRUE(login);
    EXPECT_THAT(login->user.limits.permissions.sub.deny, ElementsAre(">"));
    EXPECT_EQ(login->permissions->may_subscribe("a", ""), SubscribeVerdict::denied);
    EXPECT_TRUE(login->permissions->may_publish("a")) << "of publishing the template says nothing";
}

TEST(ScopedLogin, follows_bearer_source_and_type_of_the_template) {
    LoginWorld bearer;
    bearer.use_scope();
    bearer.scope().template_limits.bearer_token = true;
    bearer.signature = "-";
    EXPECT_TRUE(bearer.login());
    LoginWorld source;
    source.use_scope();
    source.scope().template_limits.src = {"10.0.0.0/8"};
    EXPECT_FALSE(source.login());
    LoginWorld type;
    type.use_scope();
    type.scope().template_limits.allowed_connection_types = {"MQTT"};
    EXPECT_FALSE(type.login());
}

TEST(Trust, is_in_operators_and_their_signing_keys) {
    LoginWorld w;
    OperatorClaims strict;
    strict.sub = w.stranger_operator.public_key();
    strict.strict_signing_key_usage = true;
    strict.system_account = w.stranger_account.public_key();
    strict.account_server_url = "http://second/";
    w.operator_claims.account_server_url = "http://first/";
    const auto trust = TrustedOperators::from({encode(w.operator_claims, w.operator_key, 1).value(),
                                               encode(strict, w.stranger_operator, 1).value()},
                                              {});
    ASSERT_TRUE(trust) << trust.error().text;
    EXPECT_TRUE(trust->trusts(w.operator_key.public_key()));
    EXPECT_TRUE(trust->trusts(w.operator_signer.public_key()));
    EXPECT_FALSE(trust->trusts(w.stranger_operator.public_key())) << "strict";
    EXPECT_FALSE(trust->trusts(""));
    EXPECT_EQ(trust->account_server_url, "http://first/");
    EXPECT_EQ(trust->system_account, w.stranger_account.public_key());
    EXPECT_FALSE(trust->strict_signing_key_usage);
    EXPECT_EQ(trust->operators().size(), 2U);
}

TEST(Trust, comes_from_bare_operator_keys_too) {
    LoginWorld w;
    const auto trust = TrustedOperators::from({}, {w.operator_key.public_key()});
    ASSERT_TRUE(trust);
    EXPECT_TRUE(trust->trusts(w.operator_key.public_key()));
    EXPECT_FALSE(TrustedOperators::from({}, {w.account_key.public_key()}));
    EXPECT_FALSE(TrustedOperators::from({}, {""}));
    EXPECT_TRUE(TrustedOperators::from({}, {}).value().empty());
}

TEST(Trust, is_refused_to_operators_that_others_signed_and_to_mixed_settings) {
    LoginWorld w;
    const auto foreign = encode(w.operator_claims, w.stranger_operator, 1).value();
    EXPECT_EQ(TrustedOperators::from({foreign}, {}).error().text,
              "operator JWT 1 is not self-signed");
    EXPECT_FALSE(TrustedOperators::from({"x"}, {}));
    const auto own = encode(w.operator_claims, w.operator_key, 1).value();
    EXPECT_EQ(TrustedOperators::from({own}, {w.operator_key.public_key()}).error().text,
              "conflicting options for 'TrustedKeys' and 'TrustedOperators'");
}

TEST(TimeWindow, goes_over_midnight) {
    constexpr int64_t midnight = 1'700'006'400;  // 2023-11-15 00:00 UTC
    const std::vector<TimeRange> night = {{"22:00:00", "06:00:00"}};
    EXPECT_EQ(window_end(night, "UTC", midnight - 3600).value(), midnight + 6 * 3600);
    EXPECT_EQ(window_end(night, "UTC", midnight + 3600).value(), midnight + 6 * 3600);
    EXPECT_FALSE(window_end(night, "UTC", midnight + 6 * 3600)) << "the end is outside";
    EXPECT_TRUE(window_end(night, "UTC", midnight - 2 * 3600)) << "the start is inside";
    EXPECT_EQ(window_end({}, "UTC", midnight).value(), 0);
}

TEST(TimeWindow, is_in_the_time_of_its_zone) {
    const std::vector<TimeRange> hour = {{"12:00:00", "13:00:00"}};
    constexpr int64_t winter_noon_utc = 1'705'320'000;  // 2024-01-15 12:00 UTC
    constexpr int64_t summer_noon_utc = 1'721'044'800;  // 2024-07-15 12:00 UTC
    EXPECT_TRUE(window_end(hour, "Europe/Berlin", winter_noon_utc - 3600));
    EXPECT_FALSE(window_end(hour, "Europe/Berlin", winter_noon_utc - 2 * 3600));
    EXPECT_TRUE(window_end(hour, "Europe/Berlin", summer_noon_utc - 2 * 3600));
    EXPECT_FALSE(window_end(hour, "Nowhere/Land", winter_noon_utc));
}

TEST(TimeOfDay, is_strict) {
    EXPECT_EQ(parse_time_of_day("00:00:00"), 0);
    EXPECT_EQ(parse_time_of_day("23:59:59"), 86399);
    EXPECT_EQ(parse_time_of_day("8:00:00"), 28800);
    for (const char* bad :
         {"", "24:00:00", "12:60:00", "12:00", "1a:00:00", "12-00-00", "::", "-1:00:00"}) {
        EXPECT_FALSE(parse_time_of_day(bad)) << bad;
    }
}

}  // namespace
}  // namespace midge
