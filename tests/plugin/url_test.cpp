// resolver-url with servers that are slow, broken, hostile, or missing.
#include <Poco/Exception.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <ostream>
#include <string>

#include "base/json.h"
#include "host/plugin_resolver.h"
#include "plugin/http_test_server.h"
#include "plugin/plugin_support.h"
#include "resolver-url/url_resolver.h"
#include "support/temp_folder.h"

namespace midge::test {
namespace {

using Poco::Net::HTTPResponse;
using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

void send(HTTPServerResponse& response, const std::string& body) {
    response.sendBuffer(body.data(), body.size());
}

// Answers the probe at the start, which names no account, and passes other requests on.
HttpHandler after_probe(HttpHandler handler) {
    return
        [handler = std::move(handler)](HTTPServerRequest& request, HTTPServerResponse& response) {
            if (request.getURI().ends_with('/')) return send(response, "");
            handler(request, response);
        };
}

HttpHandler with_status(HTTPResponse::HTTPStatus status) {
    return after_probe([status](HTTPServerRequest&, HTTPServerResponse& response) {
        response.setStatusAndReason(status);
        send(response, "an error page");
    });
}

// Blocks callers until it is opened.
class Gate {
  public:
    void wait() {
        std::unique_lock lock(mutex_);
        opened_.wait_for(lock, patience, [&] { return open_; });
    }
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        opened_.notify_all();
    }

  private:
    std::mutex mutex_;
    std::condition_variable opened_;
    bool open_ = false;
};

class UrlResolverTest : public ::testing::Test {
  protected:
    // `more`: further members of the settings, such as `,"timeout_ms":100`. The default timeout is
    // long.
    Result<std::unique_ptr<PluginResolver>> make(const std::string& url,
                                                 const std::string& more = "") {
        const bool timed = more.find("timeout_ms") != std::string::npos;
        const std::string settings =
            "{\"url\":\"" + url + "\"" + more + (timed ? "}" : ",\"timeout_ms\":30000}");
        return PluginResolver::create(*resolver_url_table(), {settings, patience}, {}, log_);
    }
    std::unique_ptr<PluginResolver> open(const std::string& url, const std::string& more = "") {
        auto made = make(url, more);
        EXPECT_TRUE(made) << made.error().text;
        return made ? std::move(*made) : nullptr;
    }
    Error error_of(const std::string& url, const std::string& more = "") {
        const auto resolver = open(url, more);
        const auto got = resolver == nullptr ? Result<std::string>("") : fetch(*resolver, key_);
        return got ? Error{Errc::failed, "fetched " + *got} : got.error();
    }

    CaptureLogger log_;
    const std::string key_ = account_key(1);
    const std::string jwt_ = jwt_of("x");
};

TEST_F(UrlResolverTest, AsksForTheKeyUnderTheUrlWithItsOwnName) {
    std::mutex mutex;
    std::string seen;
    HttpTestServer server(
        after_probe([&](HTTPServerRequest& request, HTTPServerResponse& response) {
            const std::lock_guard lock(mutex);
            seen = request.getMethod() + " " + request.getURI() + " " + request.get("User-Agent");
            send(response, jwt_ + "\n");
        }));
    std::string without_slash = server.url();
    without_slash.pop_back();
    const auto resolver = open(without_slash);
    EXPECT_EQ(fetch(*resolver, key_), jwt_);
    EXPECT_THAT(seen, AllOf(HasSubstr("GET /jwt/v1/accounts/" + key_ + " midge/")));
}

TEST_F(UrlResolverTest, ReusesItsConnection) {
    HttpTestServer server(after_probe(
        [&](HTTPServerRequest&, HTTPServerResponse& response) { send(response, jwt_); }));
    const auto resolver = open(server.url());
    for (int i = 0; i < 50; ++i) ASSERT_EQ(fetch(*resolver, key_), jwt_);
    EXPECT_LE(server.connections(), 2);  // one more if the probe has not ended yet
}

TEST_F(UrlResolverTest, ConnectsAnewWhenTheServerClosedTheOldConnection) {
    RawTestServer server([&](Poco::Net::StreamSocket& connection) {
        char request[4096];
        if (connection.receiveBytes(request, sizeof(request)) <= 0) return;
        // Promises to keep the connection open, and closes it.
        const std::string answer =
            "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(jwt_.size()) + "\r\n\r\n" + jwt_;
        connection.sendBytes(answer.data(), static_cast<int>(answer.size()));
    });
    const auto resolver = open(server.url());
    for (int i = 0; i < 5; ++i) {
        const auto got = fetch(*resolver, key_);
        ASSERT_TRUE(got) << got.error().text;
    }
}

TEST_F(UrlResolverTest, SendsTheTagItGotAndKeepsTheJwtOn304) {
    std::atomic<int> full = 0;
    std::atomic<int> unchanged = 0;
    HttpTestServer server(
        after_probe([&](HTTPServerRequest& request, HTTPServerResponse& response) {
            response.set("ETag", "\"tag-1\"");
            if (request.get("If-None-Match", "") == "\"tag-1\"") {
                ++unchanged;
                response.setStatusAndReason(HTTPResponse::HTTP_NOT_MODIFIED);
                response.send();
                return;
            }
            ++full;
            send(response, jwt_);
        }));
    const auto resolver = open(server.url());
    for (int i = 0; i < 3; ++i) EXPECT_EQ(fetch(*resolver, key_), jwt_);
    EXPECT_EQ(full, 1);
    EXPECT_EQ(unchanged, 2);
}

TEST_F(UrlResolverTest, TellsStatusesApart) {
    const std::vector<std::pair<HTTPResponse::HTTPStatus, Errc>> expected = {
        {HTTPResponse::HTTP_NOT_FOUND, Errc::not_found},
        {HTTPResponse::HTTP_FORBIDDEN, Errc::denied},
        {HTTPResponse::HTTP_INTERNAL_SERVER_ERROR, Errc::unavailable},
        {HTTPResponse::HTTP_NOT_MODIFIED, Errc::failed},
        {HTTPResponse::HTTP_BAD_REQUEST, Errc::failed}};
    for (const auto& [status, code] : expected) {
        HttpTestServer server(with_status(status));
        const Error error = error_of(server.url());
        EXPECT_EQ(error.code, code) << error.text;
        EXPECT_THAT(error.text, AllOf(HasSubstr(key_), HasSubstr(std::to_string(status))));
    }
}

TEST_F(UrlResolverTest, StartsWithoutItsServerAndSaysSo) {
    std::string url;
    {
        const HttpTestServer gone(with_status(HTTPResponse::HTTP_OK));
        url = gone.url();
    }
    const auto resolver = open(url);
    EXPECT_TRUE(log_.wait_for("going on, accounts are fetched when they are needed"));
    EXPECT_EQ(log_.count("Connection refused"), 1U) << log_.all();
    const auto got = fetch(*resolver, key_);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, Errc::unavailable);
    EXPECT_THAT(got.error().text, AllOf(HasSubstr(url), HasSubstr("Connection refused")));
}

TEST_F(UrlResolverTest, GivesUpOnASlowServer) {
    Gate gate;
    HttpTestServer server(after_probe([&](HTTPServerRequest&, HTTPServerResponse& response) {
        gate.wait();
        send(response, jwt_);
    }));
    const Error error = error_of(server.url(), ",\"timeout_ms\":100");
    gate.open();
    EXPECT_EQ(error.code, Errc::unavailable);
    EXPECT_THAT(error.text, HasSubstr("no complete answer within 100ms"));
}

// Each byte comes in time, but the whole answer does not.
TEST_F(UrlResolverTest, GivesUpOnAServerThatDrips) {
    RawTestServer server([](Poco::Net::StreamSocket& connection) {
        const std::string head = "HTTP/1.1 200 OK\r\nX-Filler: ";
        connection.sendBytes(head.data(), static_cast<int>(head.size()));
        for (;;) {
            connection.poll(Poco::Timespan(0, 5000), Poco::Net::Socket::SELECT_ERROR);
            connection.sendBytes("x", 1);
        }
    });
    const Error error = error_of(server.url(), ",\"timeout_ms\":200");
    EXPECT_EQ(error.code, Errc::unavailable);
    EXPECT_THAT(error.text, HasSubstr("no complete answer within 200ms"));
}

TEST_F(UrlResolverTest, StopDoesNotWaitForASlowServer) {
    Gate gate;
    HttpTestServer server([&](HTTPServerRequest&, HTTPServerResponse&) { gate.wait(); });
    const auto resolver = open(server.url(), ",\"timeout_ms\":60000");
    Answer<std::string> answer;
    resolver->fetch(key_, answer.callback());
    const auto before = std::chrono::steady_clock::now();
    resolver->stop();
    EXPECT_LT(std::chrono::steady_clock::now() - before, 20s);
    EXPECT_EQ(answer.get().error().code, Errc::unavailable);
    gate.open();
}

TEST_F(UrlResolverTest, RefusesWhatIsNoHttp) {
    RawTestServer server([](Poco::Net::StreamSocket& connection) {
        const std::string garbage(100'000, '\x7f');
        connection.sendBytes(garbage.data(), static_cast<int>(garbage.size()));
    });
    const Error error = error_of(server.url());
    EXPECT_EQ(error.code, Errc::unavailable);
    EXPECT_THAT(error.text, HasSubstr("not an HTTP answer"));
}

TEST_F(UrlResolverTest, RefusesAPageThatIsNoJwtWithoutQuotingIt) {
    HttpTestServer server(after_probe([](HTTPServerRequest&, HTTPServerResponse& response) {
        send(response, "<html>secret words</html>");
    }));
    const Error error = error_of(server.url());
    EXPECT_EQ(error.code, Errc::invalid);
    EXPECT_THAT(error.text,
                AllOf(HasSubstr("the answer of 25 bytes is not a JWT"), Not(HasSubstr("secret"))));
}

TEST_F(UrlResolverTest, RefusesAnAnnouncedGigabyte) {
    HttpTestServer server(after_probe([](HTTPServerRequest&, HTTPServerResponse& response) {
        response.setContentLength64(Poco::Int64{1} << 30);
        response.send() << std::string(1000, 'x') << std::flush;
    }));
    const Error error = error_of(server.url());
    EXPECT_EQ(error.code, Errc::invalid);
    EXPECT_THAT(error.text, HasSubstr("over 1048576 bytes"));
}

TEST_F(UrlResolverTest, RefusesAGigabyteInChunksAfterReadingLittleOfIt) {
    std::atomic<int64_t> sent = 0;
    HttpTestServer server(after_probe([&](HTTPServerRequest&, HTTPServerResponse& response) {
        response.setChunkedTransferEncoding(true);
        std::ostream& out = response.send();
        const std::string block(64 * 1024, 'x');
        for (int i = 0; i < 16 * 1024 && out << block << std::flush; ++i) sent += 64 * 1024;
    }));
    const Error error = error_of(server.url());
    EXPECT_EQ(error.code, Errc::invalid);
    EXPECT_THAT(error.text, HasSubstr("over 1048576 bytes"));
    EXPECT_LT(sent, 64 << 20);
}

TEST_F(UrlResolverTest, RefusesABodyThatEndsEarly) {
    RawTestServer server([&](Poco::Net::StreamSocket& connection) {
        char request[4096];
        connection.receiveBytes(request, sizeof(request));
        const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + jwt_;
        connection.sendBytes(answer.data(), static_cast<int>(answer.size()));
    });
    EXPECT_THAT(error_of(server.url()).text, HasSubstr("ended within the answer"));
}

TEST_F(UrlResolverTest, FollowsARedirect) {
    HttpTestServer target(after_probe(
        [&](HTTPServerRequest&, HTTPServerResponse& response) { send(response, jwt_); }));
    HttpTestServer server(after_probe([&](HTTPServerRequest&, HTTPServerResponse& response) {
        response.redirect(target.url() + key_);
    }));
    EXPECT_EQ(fetch(*open(server.url()), key_), jwt_);
}

TEST_F(UrlResolverTest, EndsARedirectLoop) {
    std::atomic<int> requests = 0;
    HttpTestServer server(
        after_probe([&](HTTPServerRequest& request, HTTPServerResponse& response) {
            ++requests;
            response.redirect(request.getURI());
        }));
    EXPECT_THAT(error_of(server.url()).text, HasSubstr("more than 10 redirects"));
    EXPECT_EQ(requests, 11);
}

TEST_F(UrlResolverTest, RefusesRedirectsOutOfHttp) {
    HttpTestServer server(after_probe([](HTTPServerRequest&, HTTPServerResponse& response) {
        response.redirect("file:///etc/passwd");
    }));
    EXPECT_THAT(error_of(server.url()).text, HasSubstr("which is refused"));
}

TEST_F(UrlResolverTest, KeepsThePasswordOfTheUrlOutOfLogsAndErrors) {
    std::mutex mutex;
    std::string authorization;
    HttpTestServer server([&](HTTPServerRequest& request, HTTPServerResponse& response) {
        const std::lock_guard lock(mutex);
        authorization = request.get("Authorization", "");
        response.setStatusAndReason(HTTPResponse::HTTP_UNAUTHORIZED);
        send(response, "");
    });
    std::string url = server.url();
    url.insert(std::string("http://").size(), "user:hidden@");
    const Error error = error_of(url);
    EXPECT_EQ(error.code, Errc::denied);
    EXPECT_EQ(authorization, "Basic dXNlcjpoaWRkZW4=");
    EXPECT_THAT(error.text + log_.all(), Not(HasSubstr("hidden")));
}

class UrlResolverTlsTest : public UrlResolverTest {
  protected:
    HttpHandler jwt_handler() {
        return [this](HTTPServerRequest&, HTTPServerResponse& response) { send(response, jwt_); };
    }
    const TempFolder folder_;
};

TEST_F(UrlResolverTlsTest, FetchesFromAServerThatTheCaFileVouchesFor) {
    const TestCertificate certificate = make_certificate(folder_.path());
    HttpTestServer server(jwt_handler(), certificate);
    const std::string tls = ",\"tls\":{\"ca_file\":\"" + certificate.cert_file + "\"}";
    const auto resolver = open(server.url(), tls);
    for (int i = 0; i < 20; ++i) {
        const auto got = fetch(*resolver, key_);
        ASSERT_TRUE(got) << got.error().text;
        EXPECT_EQ(*got, jwt_);
    }
    EXPECT_LE(server.connections(), 2);
    std::string by_name = server.url();
    by_name.replace(by_name.find("127.0.0.1"), 9, "localhost");
    const auto got = fetch(*open(by_name, tls), key_);
    EXPECT_TRUE(got) << got.error().text;
}

TEST_F(UrlResolverTlsTest, RefusesAServerThatNobodyVouchesFor) {
    HttpTestServer server(jwt_handler(), make_certificate(folder_.path()));
    const Error error = error_of(server.url());
    EXPECT_EQ(error.code, Errc::unavailable);
    EXPECT_THAT(error.text, HasSubstr("certificate verify failed"));
}

TEST_F(UrlResolverTlsTest, RefusesACertificateForAnotherHost) {
    const TestCertificate other = make_certificate(folder_.path(), "other.example");
    HttpTestServer server(jwt_handler(), other);
    const std::string tls = ",\"tls\":{\"ca_file\":\"" + other.cert_file + "\"}";
    EXPECT_THAT(error_of(server.url(), tls).text, HasSubstr("certificate verify failed"));
}

TEST_F(UrlResolverTlsTest, InsecureTakesAnyCertificateAndSaysSo) {
    HttpTestServer server(jwt_handler(), make_certificate(folder_.path()));
    const auto resolver = open(server.url(), ",\"tls\":{\"insecure\":true}");
    const auto got = fetch(*resolver, key_);
    ASSERT_TRUE(got) << got.error().text;
    EXPECT_EQ(*got, jwt_);
    EXPECT_EQ(log_.count("certificates of the server are not checked"), 1U);
}

TEST_F(UrlResolverTlsTest, RefusesARedirectOutOfTls) {
    HttpTestServer target(jwt_handler());
    HttpTestServer server(after_probe([&](HTTPServerRequest&, HTTPServerResponse& response) {
                              response.redirect(target.url() + key_);
                          }),
                          make_certificate(folder_.path()));
    EXPECT_THAT(error_of(server.url(), ",\"tls\":{\"insecure\":true}").text,
                HasSubstr("which is refused"));
}

TEST_F(UrlResolverTlsTest, NamesTheFileThatCannotBeUsed) {
    const auto made = make("https://localhost/", ",\"tls\":{\"ca_file\":\"/nowhere/ca.pem\"}");
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().text, HasSubstr("/nowhere/ca.pem"));
}

TEST_F(UrlResolverTest, NamesWhatIsWrongWithItsSettings) {
    EXPECT_THAT(make("ftp://host/").error().text, HasSubstr("expected http"));
    EXPECT_THAT(make("/accounts/").error().text, HasSubstr("expected http"));
    EXPECT_THAT(make("http://host/?a=b").error().text, HasSubstr("no query"));
    EXPECT_THAT(make("http://host/", ",\"timeout_ms\":0").error().text,
                HasSubstr("\"timeout_ms\" is 0"));
    EXPECT_THAT(make("http://host/", ",\"tls\":{\"cipher\":\"x\"}").error().text,
                HasSubstr("tls.cipher"));
    EXPECT_THAT(make("http://host/", ",\"tls\":{\"cert_file\":\"x\"}").error().text,
                HasSubstr("need each other"));
}

}  // namespace
}  // namespace midge::test
