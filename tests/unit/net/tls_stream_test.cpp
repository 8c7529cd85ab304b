// TlsStream against OpenSSL's client, both in memory.
#include "net/tls_stream.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "base/clock.h"
#include "net/tls_tickets.h"
#include "unit/net/net_support.h"
#include "unit/net/tls_client.h"

namespace midge::net_test {
namespace {

using Kind = IoResult::Kind;
using Progress = TlsStream::Progress;
using test::certificate_path;
using testing::ElementsAre;
using testing::IsEmpty;

std::shared_ptr<const TlsContext> context_of(TlsSettings settings = {}) {
    if (settings.certificates.empty())
        settings.certificates = {{certificate_path("server.pem"), certificate_path("server.key")}};
    auto made = TlsContext::from(std::move(settings));
    EXPECT_TRUE(made) << made.error().text;
    return made ? *made : nullptr;
}

TlsSettings verifying() {
    TlsSettings settings;
    settings.ca_file = certificate_path("ca.pem");
    settings.verify_client = true;
    return settings;
}

// Returns the reason why these files make no context; empty if they make one.
std::string why(const std::string& certificate, const std::string& key,
                const std::string& authority = {}) {
    TlsSettings settings;
    settings.certificates = {{certificate, key}};
    settings.ca_file = authority;
    const auto made = TlsContext::from(settings);
    return made ? "" : made.error().text;
}

auto set_of(const std::string& type, const std::string& value) {
    return ElementsAre(testing::Pair(type, value));
}

struct Pair {
    explicit Pair(const std::shared_ptr<const TlsContext>& context = context_of(),
                  const std::string& certificate = {}, size_t capacity = 1024 * 1024)
        : Pair(context, MemoryStream::make_pair(capacity), certificate) {}
    Pair(const std::shared_ptr<const TlsContext>& context, MemoryStream::Pair ends,
         const std::string& certificate)
        : raw(ends.first.get()),
          server(std::move(ends.first), context, {}),
          client(std::move(ends.second), certificate) {}

    // Returns the server's last progress.
    Progress shake_hands() {
        Progress progress = Progress::wants_read;
        for (int turn = 0; turn < 10 && progress == Progress::wants_read; ++turn) {
            (void)client.handshake();
            progress = server.handshake();
        }
        (void)client.handshake();
        return progress;
    }
    std::string read(size_t room = 1000) {
        std::string text(room, '\0');
        last = server.read(text.data(), room);
        text.resize(last.kind == Kind::done ? last.bytes : 0);
        return text;
    }
    IoResult write(std::string_view text) {
        const IoSlice slice{text.data(), text.size()};
        return server.write(&slice, 1);
    }

    MemoryStream* raw;
    TlsStream server;
    TlsClient client;
    IoResult last;
};

TEST(TlsStreamTest, carries_bytes_both_ways) {
    Pair pair;
    ASSERT_EQ(pair.shake_hands(), Progress::done);
    EXPECT_EQ(pair.server.version(), "1.3");
    EXPECT_EQ(pair.server.cipher_suite(), "TLS_AES_128_GCM_SHA256");
    pair.client.write("hello");
    EXPECT_EQ(pair.read(), "hello");
    EXPECT_EQ(pair.read(), "");
    EXPECT_EQ(pair.last.kind, Kind::would_block);
    const IoSlice slices[] = {{"he", 2}, {"", 0}, {"llo", 3}};
    EXPECT_EQ(pair.server.write(slices, 3).bytes, 5U);
    EXPECT_EQ(pair.client.read(), "hello");
}

TEST(TlsStreamTest, takes_what_was_read_before_it_was_made) {
    auto ends = MemoryStream::make_pair();
    MemoryStream& raw = *ends.first;
    TlsClient client(std::move(ends.second));
    (void)client.handshake();
    std::string hello(4096, '\0');
    hello.resize(raw.read(hello.data(), hello.size()).bytes);
    TlsStream server(std::move(ends.first), context_of(), hello);
    ASSERT_EQ(server.handshake(), Progress::wants_read);
    EXPECT_TRUE(client.handshake());
    EXPECT_EQ(server.handshake(), Progress::done);
}

TEST(TlsStreamTest, gives_commands_that_came_with_the_end_of_the_handshake) {
    Pair pair;
    (void)pair.client.handshake();
    (void)pair.server.handshake();
    ASSERT_TRUE(pair.client.handshake());
    pair.client.write("early");
    EXPECT_EQ(pair.server.handshake(), Progress::done);
    EXPECT_EQ(pair.read(), "early");
}

TEST(TlsStreamTest, gives_what_does_not_fit_with_the_next_read) {
    Pair pair;
    ASSERT_EQ(pair.shake_hands(), Progress::done);
    const std::string text(100'000, 'x');
    pair.client.write(text);
    std::string got;
    for (int turn = 0; turn < 1000 && got.size() < text.size(); ++turn) got += pair.read(777);
    EXPECT_EQ(got, text);
    EXPECT_EQ(pair.read(), "");
}

TEST(TlsStreamTest, reports_a_batch_when_the_socket_has_taken_it) {
    Pair pair;
    ASSERT_EQ(pair.shake_hands(), Progress::done);
    pair.raw->write_at_most(10);
    EXPECT_EQ(pair.write("abc").kind, Kind::would_block);
    EXPECT_EQ(pair.write("abc").kind, Kind::would_block);
    pair.raw->write_at_most(MemoryStream::no_limit);
    // The batch was sent; the bytes behind it in the queue are sent, too.
    EXPECT_EQ(pair.write("abcdef").bytes, 6U);
    EXPECT_EQ(pair.client.read(), "abcdef");
}

TEST(TlsStreamTest, loses_and_repeats_nothing_through_a_narrow_pipe) {
    Pair pair(context_of(), {}, 5000);
    ASSERT_EQ(pair.shake_hands(), Progress::done);
    std::string text;
    for (int i = 0; text.size() < 300'000; ++i) text += fmt::format("{} ", i);
    std::string got;
    size_t sent = 0;
    int turn = 0;
    while (got.size() < text.size()) {
        ASSERT_LT(++turn, 1000);
        // Like a queue: writes from the end of the last write, in pieces, and with more bytes each
        // time.
        const std::string_view rest = std::string_view(text).substr(sent);
        const size_t cut = std::min<size_t>(rest.size(), 20'000);
        const IoSlice slices[] = {{rest.data(), cut}, {rest.data() + cut, rest.size() - cut}};
        const IoResult result = pair.server.write(slices, rest.empty() ? 0 : 2);
        if (result.kind == Kind::done) sent += result.bytes;
        got += pair.client.read();
    }
    EXPECT_EQ(got, text);
    EXPECT_EQ(sent, text.size());
}

TEST(TlsStreamTest, answers_a_wish_for_new_keys) {
    Pair pair;
    ASSERT_EQ(pair.shake_hands(), Progress::done);
    pair.client.ask_for_new_keys();
    EXPECT_EQ(pair.read(), "k");
    EXPECT_EQ(pair.write("hi").bytes, 2U);
    EXPECT_EQ(pair.client.read(), "hi");
    EXPECT_EQ(SSL_get_key_update_type(pair.client.ssl()), SSL_KEY_UPDATE_NONE);
}

TEST(TlsStreamTest, tells_a_clean_end_from_a_cut) {
    Pair clean;
    ASSERT_EQ(clean.shake_hands(), Progress::done);
    clean.client.write("bye");
    clean.client.shut_down();
    EXPECT_EQ(clean.read(), "bye");
    EXPECT_EQ(clean.read(), "");
    EXPECT_EQ(clean.last.kind, Kind::closed);

    Pair cut;
    ASSERT_EQ(cut.shake_hands(), Progress::done);
    cut.client.stream().close();
    EXPECT_EQ(cut.read(), "");
    EXPECT_EQ(cut.last.kind, Kind::closed);

    Pair ours;
    ASSERT_EQ(ours.shake_hands(), Progress::done);
    ours.server.close();
    EXPECT_EQ(ours.client.read(), "");
    EXPECT_TRUE(ours.client.told_of_the_end());
    EXPECT_EQ(ours.write("x").kind, Kind::closed);
    EXPECT_EQ(ours.read(), "");
    EXPECT_EQ(ours.last.kind, Kind::closed);
}

TEST(TlsStreamTest, fails_for_good_at_a_changed_record) {
    Pair pair;
    ASSERT_EQ(pair.shake_hands(), Progress::done);
    const std::string garbage(
        "\x17\x03\x03\x00\x20"
        "0123456789abcdef0123456789abcdef",
        37);
    const IoSlice slice{garbage.data(), garbage.size()};
    (void)pair.client.stream().write(&slice, 1);
    EXPECT_EQ(pair.read(), "");
    EXPECT_EQ(pair.last.kind, Kind::failed);
    pair.client.write("more");
    EXPECT_EQ(pair.read(), "");
    EXPECT_EQ(pair.last.kind, Kind::closed);
}

TEST(TlsStreamTest, says_why_a_handshake_failed) {
    const auto said = [](std::string_view bytes) {
        Pair pair;
        const IoSlice slice{bytes.data(), bytes.size()};
        (void)pair.client.stream().write(&slice, 1);
        EXPECT_EQ(pair.server.handshake(), Progress::failed);
        return std::pair(pair.server.failure(), pair.server.is_no_tls());
    };
    const std::pair no_tls(std::string("tls: first record does not look like a TLS handshake"),
                           true);
    EXPECT_EQ(said("CONNECT {}\r\nPING\r\n"), no_tls);
    EXPECT_EQ(said("GET / HTTP/1.1\r\n\r\n"), no_tls);

    Pair gone;
    gone.client.stream().close();
    EXPECT_EQ(gone.server.handshake(), Progress::failed);
    EXPECT_EQ(gone.server.failure(), "EOF");
    Pair cut;
    const IoSlice slice{"\x16\x03\x01", 3};
    (void)cut.client.stream().write(&slice, 1);
    EXPECT_EQ(cut.server.handshake(), Progress::wants_read);
    cut.client.stream().close();
    EXPECT_EQ(cut.server.handshake(), Progress::failed);
    EXPECT_EQ(cut.server.failure(), "unexpected EOF");
    EXPECT_FALSE(gone.server.is_no_tls());

    TlsSettings newest;
    newest.tls13_only = true;
    Pair old(context_of(newest));
    SSL_set_max_proto_version(old.client.ssl(), TLS1_2_VERSION);
    EXPECT_EQ(old.shake_hands(), Progress::failed);
    EXPECT_EQ(old.server.failure(), "tls: client offered only unsupported versions: [303 302 301]");

    Pair weak;
    SSL_set_max_proto_version(weak.client.ssl(), TLS1_2_VERSION);
    SSL_set_cipher_list(weak.client.ssl(), "AES128-SHA");
    EXPECT_EQ(weak.shake_hands(), Progress::failed);
    EXPECT_EQ(weak.server.failure(),
              "tls: no cipher suite supported by both client and server; client offered: [2f ff]");
}

TEST(TlsStreamTest, asks_for_a_certificate_and_gives_its_names) {
    Pair bob(context_of(verifying()), "bob");
    ASSERT_EQ(bob.shake_hands(), Progress::done);
    EXPECT_THAT(bob.server.peer_names().alternatives,
                ElementsAre("bob@acme.com", "bob.acme.com", "spiffe://acme/bob"));
    EXPECT_THAT(bob.server.peer_names().subject,
                ElementsAre(set_of("CN", "bob"), set_of("O", "acme")));

    Pair amy(context_of(verifying()), "amy");
    ASSERT_EQ(amy.shake_hands(), Progress::done);
    EXPECT_THAT(amy.server.peer_names().alternatives, IsEmpty());
    EXPECT_THAT(amy.server.peer_names().subject,
                ElementsAre(set_of("CN", "amy"), set_of("O", "acme"), set_of("DC", "acme"),
                            set_of("DC", "com")));

    Pair joe(context_of(verifying()), "joe");
    ASSERT_EQ(joe.shake_hands(), Progress::done);
    EXPECT_THAT(joe.server.peer_names().subject,
                ElementsAre(set_of("1.2.840.113549.1.9.1", "joe@acme.com"),
                            testing::UnorderedElementsAre(testing::Pair("CN", "joe"),
                                                          testing::Pair("OU", "x")),
                            set_of("O", "acme")));

    Pair nobody(context_of(verifying()));
    EXPECT_EQ(nobody.shake_hands(), Progress::failed);
    EXPECT_EQ(nobody.server.failure(), "tls: client didn't provide a certificate");

    Pair eve(context_of(verifying()), "eve");
    EXPECT_EQ(eve.shake_hands(), Progress::failed);
    EXPECT_THAT(
        eve.server.failure(),
        testing::MatchesRegex("tls: failed to verify certificate: x509: certificate signed by "
                              "unknown authority .CN=bob,O=acme SHA-256: \\w+."));

    Pair unasked;
    ASSERT_EQ(unasked.shake_hands(), Progress::done);
    EXPECT_THAT(unasked.server.peer_names().subject, IsEmpty());
}

TEST(TlsStreamTest, knows_pinned_keys) {
    std::ifstream file(certificate_path("bob.pin"));
    TlsSettings settings = verifying();
    settings.pinned_certificates = {std::string(std::istreambuf_iterator<char>(file), {})};
    Pair bob(context_of(settings), "bob");
    ASSERT_EQ(bob.shake_hands(), Progress::done);
    EXPECT_TRUE(bob.server.peer_is_pinned());
    Pair amy(context_of(settings), "amy");
    ASSERT_EQ(amy.shake_hands(), Progress::done);
    EXPECT_FALSE(amy.server.peer_is_pinned());
    settings.verify_client = false;
    Pair nobody(context_of(settings));
    ASSERT_EQ(nobody.shake_hands(), Progress::done);
    EXPECT_FALSE(nobody.server.peer_is_pinned());
}

TEST(TlsContextTest, says_what_is_wrong_with_the_files) {
    const std::string pem = certificate_path("server.pem");
    const std::string key = certificate_path("server.key");
    const std::string start = "error parsing X509 certificate/key pair: ";
    const std::string pin = certificate_path("bob.pin");
    EXPECT_EQ(why("/nope.pem", key), start + "open /nope.pem: no such file or directory");
    EXPECT_EQ(why(pem, "/nope.key"), start + "open /nope.key: no such file or directory");
    // With the names of the files, which these texts of nats-server omit.
    const auto of = [](std::string_view certificate_file, std::string_view key_file) {
        return fmt::format(" (cert_file {}, key_file {})", certificate_file, key_file);
    };
    const std::string bob = certificate_path("bob.key");
    EXPECT_EQ(why(pem, bob), start + "tls: private key does not match public key" + of(pem, bob));
    const std::string rsa = certificate_path("rsa.key");
    EXPECT_EQ(why(pem, rsa),
              start + "tls: private key type does not match public key type" + of(pem, rsa));
    EXPECT_EQ(why(pin, key),
              start + "tls: failed to find any PEM data in certificate input" + of(pin, key));
    EXPECT_EQ(why(pem, pin),
              start + "tls: failed to find any PEM data in key input" + of(pem, pin));
    EXPECT_EQ(why(key, pem),
              start +
                  "tls: failed to find certificate PEM data in certificate input, but did find "
                  "a private key; PEM inputs may have been switched" +
                  of(key, pem));
    EXPECT_EQ(why(pem, pem),
              start + "tls: found a certificate rather than a key in the PEM for the private key" +
                  of(pem, pem));
    EXPECT_EQ(why(pem, key, "/nope.pem"), "open /nope.pem: no such file or directory");
    EXPECT_EQ(why(pem, key, pin),
              fmt::format("failed to parse root ca certificate (ca_file {})", pin));
    EXPECT_EQ(why(pem, key), "");
}

TEST(TlsContextTest, takes_suites_and_curves_by_their_names) {
    TlsSettings settings;
    settings.certificates = {{certificate_path("rsa.pem"), certificate_path("rsa.key")}};
    settings.cipher_suites = {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"};
    settings.curves = {"CurveP384"};
    Pair pair(context_of(settings));
    SSL_set_max_proto_version(pair.client.ssl(), TLS1_2_VERSION);
    ASSERT_EQ(pair.shake_hands(), Progress::done);
    EXPECT_EQ(pair.server.version(), "1.2");
    EXPECT_EQ(pair.server.cipher_suite(), "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
    EXPECT_EQ(SSL_get_negotiated_group(pair.client.ssl()), NID_secp384r1);
}

// Returns the version and suite for a client that offers one version, and for 1.2 only `suites`;
// empty: the handshake fails.
std::string spoken(const TlsSettings& settings, int version, const char* suites = nullptr) {
    Pair pair(context_of(settings));
    SSL_set_min_proto_version(pair.client.ssl(), version);
    SSL_set_max_proto_version(pair.client.ssl(), version);
    if (suites != nullptr) SSL_set_cipher_list(pair.client.ssl(), suites);
    return pair.shake_hands() == Progress::done ? pair.server.cipher_suite() : "";
}

TEST(TlsContextTest, speaks_only_versions_and_suites_that_are_allowed) {
    TlsSettings newer;
    newer.cipher_suites = {"TLS_AES_256_GCM_SHA384"};
    EXPECT_EQ(spoken(newer, TLS1_2_VERSION), "");
    EXPECT_EQ(spoken(newer, TLS1_3_VERSION), "TLS_AES_256_GCM_SHA384");
    TlsSettings both;
    both.cipher_suites = {"TLS_CHACHA20_POLY1305_SHA256",
                          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"};
    EXPECT_EQ(spoken(both, TLS1_2_VERSION), "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
    EXPECT_EQ(spoken(both, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256"), "");
    EXPECT_EQ(spoken(both, TLS1_3_VERSION), "TLS_CHACHA20_POLY1305_SHA256");
    TlsSettings older;
    older.cipher_suites = {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"};
    EXPECT_EQ(spoken(older, TLS1_2_VERSION), "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA");
    EXPECT_EQ(spoken(older, TLS1_3_VERSION), "TLS_AES_128_GCM_SHA256");
}

TEST(TlsContextTest, has_no_suites_with_cbc_unless_they_are_asked_for) {
    EXPECT_EQ(spoken({}, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA"), "");
    EXPECT_EQ(spoken({}, TLS1_2_VERSION), "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
}

TEST(TlsContextTest, refuses_a_suite_that_openssl_does_not_have) {
    TlsSettings settings;
    settings.certificates = {{certificate_path("rsa.pem"), certificate_path("rsa.key")}};
    settings.cipher_suites = {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_RC4_128_SHA"};
    const auto made = TlsContext::from(settings);
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().text,
                testing::HasSubstr("cipher TLS_RSA_WITH_RC4_128_SHA is not supported"));
}

class TlsResumptionTest : public testing::TestWithParam<int> {
  protected:
    // Whether a second client can resume the session of the first after this time, possibly in
    // another context.
    static bool resumes(const std::shared_ptr<const TlsContext>& first_context, Pair& second,
                        std::chrono::seconds later = {}) {
        Pair first(first_context, "bob");
        SSL_set_max_proto_version(first.client.ssl(), GetParam());
        EXPECT_EQ(first.shake_hands(), Progress::done);
        EXPECT_EQ(first.client.read(), "");
        SSL_set_max_proto_version(second.client.ssl(), GetParam());
        second.client.resume(first.client);
        ClockShift shift;
        shift.advance(later);
        EXPECT_EQ(second.shake_hands(), Progress::done) << second.server.failure();
        return second.client.resumed();
    }
};

INSTANTIATE_TEST_SUITE_P(Versions, TlsResumptionTest,
                         testing::Values(TLS1_2_VERSION, TLS1_3_VERSION), [](const auto& test) {
                             return test.param == TLS1_2_VERSION ? "tls_1_2" : "tls_1_3";
                         });

TEST_P(TlsResumptionTest, needs_no_second_proof) {
    const auto context = context_of();
    Pair second(context);
    EXPECT_TRUE(resumes(context, second));
    second.client.write("hello");
    EXPECT_EQ(second.read(), "hello");
}

TEST_P(TlsResumptionTest, keeps_whose_certificate_it_was) {
    std::ifstream pin(certificate_path("bob.pin"));
    TlsSettings settings = verifying();
    settings.pinned_certificates = {std::string(std::istreambuf_iterator<char>(pin), {})};
    const auto context = context_of(settings);
    Pair second(context);
    ASSERT_TRUE(resumes(context, second));
    EXPECT_EQ(second.server.peer_names().alternatives.front(), "bob@acme.com");
    EXPECT_TRUE(second.server.peer_is_pinned());
    Pair whole(context, "bob");
    ASSERT_EQ(whole.shake_hands(), Progress::done);
    EXPECT_EQ(whole.server.verified_chain().size(), 2U);
    EXPECT_EQ(second.server.verified_chain(), whole.server.verified_chain());
}

TEST_P(TlsResumptionTest, ends_with_the_ticket_s_lifetime) {
    constexpr std::chrono::seconds lifetime(ticket_lifetime_seconds);
    for (const TlsSettings& settings : {TlsSettings(), verifying()}) {
        const auto context = context_of(settings);
        Pair soon(context, "bob");
        EXPECT_TRUE(resumes(context, soon, lifetime - std::chrono::minutes(1)));
        Pair late(context, "bob");
        EXPECT_FALSE(resumes(context, late, lifetime + std::chrono::seconds(1)));
        late.client.write("hello");
        EXPECT_EQ(late.read(), "hello");
    }
}

TEST_P(TlsResumptionTest, ends_with_the_context) {
    Pair second(context_of(verifying()), "bob");
    EXPECT_FALSE(resumes(context_of(verifying()), second));
    EXPECT_EQ(second.server.peer_names().alternatives.front(), "bob@acme.com");
}

}  // namespace
}  // namespace midge::net_test
