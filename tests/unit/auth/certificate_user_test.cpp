// Which user of the configuration a certificate's subject identifies. The expected results are
// nats-server's.
#include <gtest/gtest.h>

#include "auth/static_login.h"

namespace midge {
namespace {

using Subject = DistinguishedName;

// Whether a certificate with this subject logs in as the only user.
bool names(const Subject& subject, std::string user,
           std::vector<std::string> connection_types = {}) {
    StaticAuthSpec spec;
    StaticUserSpec only;
    only.name = std::move(user);
    only.allowed_connection_types = std::move(connection_types);
    spec.users = {only};
    const auto users = StaticUsers::from(spec);
    EXPECT_TRUE(users);
    const CertificateNames certificate{{}, subject};
    StaticOffer offer;
    offer.certificate = &certificate;
    return users->check(offer).has_value();
}

const Subject two_in_one = {{{"CN", "joe"}, {"OU", "x"}}, {{"O", "acme"}}};
const Subject with_domain = {{{"CN", "amy"}}, {{"O", "acme"}}, {{"DC", "acme"}}, {{"DC", "com"}}};

TEST(CertificateUser, is_found_whatever_the_order_and_the_blanks) {
    for (const char* user :
         {"CN=joe+OU=x,O=acme", "OU=x+CN=joe,O=acme", "OU=x + CN=joe, O=acme", "O=acme,CN=joe+OU=x",
          "cn=joe+ou=x,o=acme", " CN=joe+OU=x , O=acme ", "CN=joe,OU=x,O=acme",
          "CN=joe+OU=x,O=acme,", "CN=joe+OU=x,O=acme,C=", "CN=joe+OU=x,O=acme,C=  "})
        EXPECT_TRUE(names(two_in_one, user)) << user;
    for (const char* user :
         {"CN=Joe+OU=x,O=acme", "O=acme,OU=x,CN=joe", "CN=joe,O=acme", "=", "joe", "CN=joe+OU=x",
          "CN=joe+OU=x,O=acme,O=acme", "CN=joe+OU=x,O=#41", "CN=joe+OU=x,O=acme\\4"})
        EXPECT_FALSE(names(two_in_one, user)) << user;
}

TEST(CertificateUser, may_leave_out_domain_components) {
    for (const char* user : {"CN=amy,O=acme,DC=acme,DC=com", "DC=com,DC=acme,O=acme,CN=amy",
                             "CN=amy,O=acme", "CN=amy,O=acme,DC=com,DC=acme"})
        EXPECT_TRUE(names(with_domain, user)) << user;
    for (const char* user : {"O=acme,CN=amy", "CN=amy", "CN=amy,O=acme,DC=acme"})
        EXPECT_FALSE(names(with_domain, user)) << user;
}

TEST(CertificateUser, is_compared_as_go_writes_it_where_a_type_has_no_name) {
    const Subject mail = {
        {{"1.2.840.113549.1.9.1", "joe@acme.com"}}, {{"CN", "joe"}}, {{"O", "acme"}}};
    EXPECT_TRUE(names(mail, "CN=joe,O=acme"));
    EXPECT_FALSE(names(mail, "O=acme,CN=joe"));
    EXPECT_FALSE(names(mail, "1.2.840.113549.1.9.1=joe@acme.com,CN=joe,O=acme"));
    const Subject id = {
        {{"CN", "joe"}}, {{"DC", "com"}}, {{"0.9.2342.19200300.100.1.1", "u"}}, {{"O", "acme"}}};
    EXPECT_TRUE(names(id, "CN=joe,O=acme,DC=com"));
    EXPECT_FALSE(names(id, "DC=com,CN=joe,O=acme"));
}

TEST(CertificateUser, may_have_several_values_of_a_type) {
    const Subject units = {{{"CN", "joe"}}, {{"OU", "b"}}, {{"OU", "a"}}, {{"C", "US"}}};
    for (const char* user :
         {"CN=joe,OU=b,OU=a,C=US", "CN=joe,OU=a,OU=b,C=US", "CN=joe,OU=a+OU=b,C=US"})
        EXPECT_TRUE(names(units, user)) << user;
    for (const char* user : {"CN=joe,OU=b+OU=a,C=US", "CN=joe,OU=a,C=US"})
        EXPECT_FALSE(names(units, user)) << user;
}

TEST(CertificateUser, is_written_with_escapes) {
    const Subject edges = {{{"CN", "#joe "}}, {{"O", "a, b + c"}}};
    EXPECT_TRUE(names(edges, R"(CN=\#joe\ ,O=a\, b \+ c)"));
    EXPECT_TRUE(names(edges, R"(CN=\23joe\20,O=a\2c b \2B c)"));
    EXPECT_FALSE(names(edges, R"(CN=#joe,O=a\, b \+ c)"));
    EXPECT_FALSE(names(edges, R"(CN=\#joe,O=a\, b \+ c)"));
    const Subject signs = {{{"CN", "x=y"}}, {{"O", R"(a"b<c>;d\e)"}}};
    EXPECT_TRUE(names(signs, R"(CN=x=y,O=a\"b\<c\>\;d\\e)"));
    EXPECT_TRUE(names(signs, R"(CN=x\=y,O=a\"b\<c\>\;d\\e)"));
    EXPECT_FALSE(names(signs, R"(CN=x=y,O=a"b<c>;d\\e)"));
}

TEST(CertificateUser, must_be_allowed_on_the_connection) {
    EXPECT_TRUE(names(with_domain, "CN=amy,O=acme", {"STANDARD"}));
    EXPECT_FALSE(names(with_domain, "CN=amy,O=acme", {"WEBSOCKET"}));
    EXPECT_FALSE(names(with_domain, "DC=com,DC=acme,O=acme,CN=amy", {"WEBSOCKET"}));
}

}  // namespace
}  // namespace midge
