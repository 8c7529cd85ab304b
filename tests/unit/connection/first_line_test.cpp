// Dialled connections whose peer begins with INFO in plain text, and with TLS behind it, as the
// leaf node listener of a server does.
#include <gtest/gtest.h>

#include <future>

#include "base/clock.h"
#include "protocol/info.h"
#include "support/certificates.h"
#include "unit/connection/dialled.h"
#include "unit/connection/small_server.h"

namespace midge {
namespace {

constexpr std::string_view asking_info = "INFO {\"tls_required\":true}\r\n";

// What the peer says before TLS.
struct Script {
    std::string first = {};       // in one piece
    std::string later = {};       // in the next turn
    bool closes_at_once = false;  // behind all of that
};

// The peer. Its listener has TLS or not; within TLS it says hello.
class Scripted final : public test::Reader {
  public:
    Scripted(EventLoop& loop, uint64_t id, std::unique_ptr<Stream> stream, ListenerIndex listener,
             const Script& script)
        : Reader(loop, id, std::move(stream), listener), script_(script) {}

  private:
    [[nodiscard]] std::string_view role_name() const noexcept override { return "Scripted"; }
    void greet() override { send(script_.first); }
    void open() override {
        if (tls() != nullptr) send("hello");
        if (script_.closes_at_once) close(CloseReason::client_closed);
        if (script_.later.empty()) return;
        loop().post([&loop = loop(), id = id(), &later = script_.later] {
            if (Connection* const peer = loop.find(id)) peer->send(later);
        });
    }
    const Script& script_;
};

// The side that has dialled.
class Dialled final : public test::Reader {
  public:
    Dialled(EventLoop& loop, uint64_t id, std::unique_ptr<Stream> stream, ListenerIndex listener,
            test::Heard& heard)
        : Reader(loop, id, std::move(stream), listener), heard_(heard) {}

  private:
    [[nodiscard]] std::string_view role_name() const noexcept override { return "Dialled"; }
    [[nodiscard]] Result<bool> wants_tls_after(std::string_view line) override {
        return info_asks_for_tls(line);
    }
    void take_early(std::string_view input) override {
        heard_.add(fmt::format("{}: {}", tls() == nullptr ? "plain" : "TLS", input));
    }
    void left(CloseReason reason, bool) override { heard_.add(reason_text(reason)); }
    test::Heard& heard_;
};

class FirstLineTest : public test::SmallServer {
  protected:
    static constexpr std::chrono::seconds tls_timeout{20};

    ~FirstLineTest() override {
        loop_.post([this] { dialler_.stop(); });
        stop();
    }
    // The peer follows the script; `tls`: it has TLS. `tls_optional`: for the side that dials.
    void dial(Script script, bool tls, bool tls_optional = false) {
        script_ = std::move(script);
        ListenerSettings peer;
        peer.role = std::make_shared<test::RoleOf<Scripted, const Script>>(script_);
        TlsOptions options;
        options.timeout = tls_timeout;
        options.ca_file = test::certificate_path("ca.pem");
        ListenerSettings dialling;
        dialling.role = std::make_shared<test::RoleOf<Dialled, test::Heard>>(heard_);
        dialling.tls = *TlsSource::from(options, TlsSide::client);
        dialling.tls_options = options;
        if (tls) {
            options.certificates = {
                {test::certificate_path("server.pem"), test::certificate_path("server.key")}};
            peer.tls = *TlsSource::from(options);
            peer.tls_options = options;
        }
        listeners_.push_back(listen(0, 0));
        dialling.dial = DialSettings{
            {{"127.0.0.1", port()}}, tls_timeout, std::chrono::milliseconds(1), {}, tls_optional};
        auto settings = std::make_shared<Settings>();
        settings->listeners = {peer, dialling};
        loop_.start(settings);
        loop_.post([this] { dialler_.dial(); });
    }
    // Dials a peer without TLS. Returns the reason in the log for the end of the connection.
    std::string refusal(Script script) {
        dial(std::move(script), false);
        EXPECT_EQ(heard_.wait(1), std::vector<std::string>{"TLS Handshake Failure"});
        return logged_failure();
    }
    // Waits until the peer and the side that has dialled are connected.
    void await_connections(std::promise<void>& connected) {
        if (loop_.connections().size() == 2) {
            connected.set_value();
        } else {
            loop_.reactor().after(std::chrono::milliseconds(1),
                                  [this, &connected] { await_connections(connected); });
        }
    }
    [[nodiscard]] std::string logged_failure() const {
        constexpr std::string_view start = "TLS handshake error: ";
        const std::string lines = log_.lines();
        const size_t at = lines.find(start);
        if (at == std::string::npos) return {};
        const size_t from = at + start.size();
        return lines.substr(from, lines.find('\n', from) - from);
    }
    Script script_;
    test::Heard heard_;
    NameLookup names_;
    Dialler dialler_{loop_, 1, names_};
};

TEST_F(FirstLineTest, info_in_plain_text_is_followed_by_tls) {
    dial({.first = std::string(asking_info)}, true);
    EXPECT_EQ(heard_.wait(2),
              (std::vector<std::string>{"TLS: " + std::string(asking_info), "TLS: hello"}));
}

TEST_F(FirstLineTest, a_peer_without_tls_is_taken_only_if_tls_is_optional) {
    dial({.first = "INFO {}\r\nPING\r\n"}, false, true);
    EXPECT_EQ(heard_.wait(1), std::vector<std::string>{"plain: INFO {}\r\nPING\r\n"});
}

TEST_F(FirstLineTest, a_peer_that_asks_for_tls_gets_it_if_tls_is_optional) {
    dial({.first = std::string(asking_info)}, true, true);
    EXPECT_EQ(heard_.wait(2).back(), "TLS: hello");
}

TEST_F(FirstLineTest, info_may_come_in_pieces) {
    dial({.first = "INFO {\"tls_req", .later = "uired\":false}\r\n"}, false, true);
    EXPECT_EQ(heard_.wait(1), std::vector<std::string>{"plain: INFO {\"tls_required\":false}\r\n"});
}

TEST_F(FirstLineTest, info_that_does_not_ask_for_tls_is_refused_where_tls_is_required) {
    EXPECT_EQ(refusal({.first = "INFO {\"tls_available\":true}\r\n"}),
              "the INFO of the peer does not ask for TLS, which this connection requires");
}

TEST_F(FirstLineTest, another_line_is_refused) {
    EXPECT_EQ(refusal({.first = "-ERR 'maximum connections exceeded'\r\n"}),
              R"(expected INFO, found "-ERR 'maximum connections exceeded'")");
}

TEST_F(FirstLineTest, bytes_behind_info_are_refused) {
    EXPECT_EQ(refusal({.first = std::string(asking_info) + "\x16\x03\x01"}),
              R"(the peer sent 3 bytes behind INFO, before TLS: "\x16\x03\x01")");
}

TEST_F(FirstLineTest, a_line_without_end_is_refused) {
    EXPECT_EQ(refusal({.first = "INFO " + std::string(200'000, ' ')}),
              "the first line of the peer has more than 65536 bytes");
}

TEST_F(FirstLineTest, a_peer_that_closes_is_no_surprise) {
    EXPECT_EQ(refusal({.first = "INFO {", .closes_at_once = true}),
              "the peer has closed the connection, expected INFO");
}

TEST_F(FirstLineTest, a_peer_that_says_nothing_has_as_long_as_tls_has) {
    ClockShift clock;
    dial({}, false);
    std::promise<void> connected;
    loop_.post([this, &connected] { await_connections(connected); });
    connected.get_future().wait();
    clock.advance(tls_timeout);
    loop_.post([] {});
    EXPECT_EQ(heard_.wait(1), std::vector<std::string>{"TLS Handshake Failure"});
    EXPECT_EQ(logged_failure(), "the peer sent no complete line within 20s, expected INFO");
}

}  // namespace
}  // namespace midge
