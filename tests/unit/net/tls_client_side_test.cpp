// TLS as a client of another server: which certificates it trusts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/memory_stream.h"
#include "net/tls_stream.h"
#include "support/certificates.h"

namespace midge {
namespace {

std::shared_ptr<const TlsContext> client_of(const std::string& authority) {
    TlsSettings settings;
    settings.side = TlsSide::client;
    settings.ca_file = test::certificate_path(authority);
    return *TlsContext::from(std::move(settings));
}

class TlsClientSide : public testing::Test {
  protected:
    // Returns the failure of the client's side; empty if both sides succeed.
    std::string shake_hands(std::shared_ptr<const TlsContext> context, const std::string& host) {
        TlsSettings settings;
        settings.certificates = {
            {test::certificate_path("server.pem"), test::certificate_path("server.key")}};
        auto [here, there] = MemoryStream::make_pair();
        client_ = std::make_unique<TlsStream>(std::move(here), std::move(context),
                                              std::string_view(), host);
        server_ = std::make_unique<TlsStream>(
            std::move(there), *TlsContext::from(std::move(settings)), std::string_view());
        auto at_client = TlsStream::Progress::wants_read, at_server = at_client;
        while (at_client != TlsStream::Progress::failed &&
               (at_client != TlsStream::Progress::done || at_server != TlsStream::Progress::done)) {
            if (at_client != TlsStream::Progress::done) at_client = client_->handshake();
            if (at_server != TlsStream::Progress::done) at_server = server_->handshake();
        }
        return client_->failure();
    }
    std::unique_ptr<TlsStream> client_, server_;
};

TEST_F(TlsClientSide, talks_to_a_server_of_its_authority) {
    for (const char* host : {"localhost", "127.0.0.1"}) {
        ASSERT_EQ(shake_hands(client_of("ca.pem"), host), "") << host;
        const IoSlice slice{"hello", 5};
        ASSERT_EQ(client_->write(&slice, 1).bytes, 5U);
        char bytes[4096];
        ASSERT_EQ(server_->read(bytes, sizeof bytes).bytes, 5U);
        EXPECT_EQ(std::string(bytes, 5), "hello");
    }
}

TEST_F(TlsClientSide, trusts_no_certificate_of_another_host) {
    for (const char* host : {"example.com", "127.0.0.2"}) {
        EXPECT_THAT(
            shake_hands(client_of("ca.pem"), host),
            testing::StartsWith(
                "tls: failed to verify certificate: x509: certificate is not valid for the name "
                "or address of the server (CN=localhost"))
            << host;
    }
}

TEST_F(TlsClientSide, trusts_no_stranger) {
    EXPECT_NE(shake_hands(client_of("bob.pem"), "localhost")
                  .find("x509: certificate signed by unknown authority"),
              std::string::npos);
}

TEST_F(TlsClientSide, trusts_anybody_if_told_to) {
    TlsSettings settings;
    settings.side = TlsSide::client;
    settings.insecure = true;
    EXPECT_EQ(shake_hands(*TlsContext::from(std::move(settings)), "example.com"), "");
}

}  // namespace
}  // namespace midge
