#include "connection/tls_source.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <utility>

#include "net/tls_stream.h"
#include "support/certificates.h"
#include "support/temp_folder.h"
#include "unit/net/tls_client.h"

namespace midge {
namespace {

namespace fs = std::filesystem;
using test::certificate_path;

class TlsSourceTest : public testing::Test {
  protected:
    void SetUp() override {
        put("server.pem", certificate_);
        put("server.key", key_);
        TlsOptions options;
        options.certificates.push_back({certificate_.string(), key_.string()});
        auto made = TlsSource::from(options);
        ASSERT_TRUE(made) << made.error().text;
        source_ = *made;
        first_ = source_->current();
    }
    // Replaces a file like a tool that renews certificates: a new file with another time.
    void put(std::string_view name, const fs::path& path) {
        fs::copy_file(certificate_path(name), path, fs::copy_options::overwrite_existing);
        fs::last_write_time(path,
                            fs::file_time_type::clock::now() + std::chrono::seconds(++writes_));
    }
    bool renewed() {
        const auto result = source_->renew();
        return result && *result;
    }

    test::TempFolder folder_;
    const fs::path certificate_ = folder_.path() / "s.pem";
    const fs::path key_ = folder_.path() / "s.key";
    int writes_ = 0;
    std::shared_ptr<TlsSource> source_;
    std::shared_ptr<const TlsContext> first_;
};

TEST_F(TlsSourceTest, stays_with_its_context_while_the_files_stay) {
    EXPECT_FALSE(renewed());
    EXPECT_EQ(source_->current(), first_);
}

TEST_F(TlsSourceTest, takes_renewed_files_once_they_fit_together) {
    put("renewed.pem", certificate_);
    const auto half = source_->renew();
    ASSERT_FALSE(half);
    EXPECT_NE(half.error().text.find("private key does not match public key"), std::string::npos);
    EXPECT_EQ(source_->current(), first_);

    put("renewed.key", key_);
    EXPECT_TRUE(renewed());
    EXPECT_NE(source_->current(), first_);
    EXPECT_FALSE(renewed());
}

TEST_F(TlsSourceTest, keeps_its_context_while_a_file_is_missing) {
    fs::remove(key_);
    EXPECT_FALSE(source_->renew());
    EXPECT_EQ(source_->current(), first_);
    put("server.key", key_);
    EXPECT_TRUE(renewed());
}

TEST_F(TlsSourceTest, gives_an_error_once_and_goes_on_trying) {
    put("renewed.pem", certificate_);
    EXPECT_FALSE(source_->renew());
    const auto again = source_->renew();
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_FALSE(*again);
    fs::remove(key_);
    EXPECT_FALSE(source_->renew());
    EXPECT_EQ(source_->current(), first_);
    put("renewed.key", key_);
    EXPECT_TRUE(renewed());
    fs::remove(key_);
    EXPECT_FALSE(source_->renew());
}

TEST_F(TlsSourceTest, has_new_keys_of_tickets_every_day) {
    const auto now = TlsSource::Clock::now();
    EXPECT_FALSE(source_->renew(now + TlsSource::context_age_max / 2).value());
    EXPECT_EQ(source_->current(), first_);
    EXPECT_FALSE(source_->renew(now + TlsSource::context_age_max * 2).value());
    EXPECT_NE(source_->current(), first_);
}

// A client of a context, in memory.
struct Connection {
    explicit Connection(const std::shared_ptr<const TlsContext>& context)
        : Connection(context, MemoryStream::make_pair(1024 * 1024)) {}
    Connection(const std::shared_ptr<const TlsContext>& context, MemoryStream::Pair ends)
        : server(std::move(ends.first), context, {}), client(std::move(ends.second)) {}

    bool opens() {
        auto progress = TlsStream::Progress::wants_read;
        for (int turn = 0; turn < 10 && progress == TlsStream::Progress::wants_read; ++turn) {
            (void)client.handshake();
            progress = server.handshake();
        }
        (void)client.handshake();
        (void)client.read();  // reads the ticket
        return progress == TlsStream::Progress::done;
    }

    TlsStream server;
    net_test::TlsClient client;
};

TEST_F(TlsSourceTest, knows_no_ticket_of_keys_that_it_has_no_more) {
    Connection first(first_);
    ASSERT_TRUE(first.opens());
    Connection next(source_->current());
    next.client.resume(first.client);
    ASSERT_TRUE(next.opens());
    EXPECT_TRUE(next.client.resumed());

    ClockShift shift;
    shift.advance(TlsSource::context_age_max);
    EXPECT_FALSE(source_->renew().value());
    Connection late(source_->current());
    late.client.resume(first.client);
    ASSERT_TRUE(late.opens());
    EXPECT_FALSE(late.client.resumed());
}

TEST_F(TlsSourceTest, says_why_there_is_none) {
    TlsOptions options;
    options.certificates.push_back({"/nope.pem", key_.string()});
    const auto made = TlsSource::from(options);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().text,
              "error parsing X509 certificate/key pair: open /nope.pem: no such file or directory");
}

}  // namespace
}  // namespace midge
