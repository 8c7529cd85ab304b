#include "net/listener.h"

#include <sys/resource.h>
#include <unistd.h>

#include "unit/net/net_support.h"

namespace midge::net_test {
namespace {

using std::chrono::milliseconds;

class ListLogger final : public Logger {
  public:
    bool enabled(LogLevel) const noexcept override { return true; }
    void write(LogLevel, std::string_view line) noexcept override { lines.emplace_back(line); }
    std::vector<std::string> lines;
};

// While it lives the process can open no further descriptor. The first time that UBSan meets a type
// of object it needs some, so a test does everything once before.
class NoMoreDescriptors {
  public:
    NoMoreDescriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int lowest_free = ::dup(0);
        ::close(lowest_free);
        const rlimit none{.rlim_cur = static_cast<rlim_t>(lowest_free),
                          .rlim_max = before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &none);
    }
    ~NoMoreDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    NoMoreDescriptors(const NoMoreDescriptors&) = delete;
    NoMoreDescriptors& operator=(const NoMoreDescriptors&) = delete;

  private:
    rlimit before_{};
};

class ListenerTest : public ReactorTest {
  protected:
    std::unique_ptr<Listener> open() {
        return Listener::open(
                   reactor, "127.0.0.1", 0,
                   [this](std::unique_ptr<Stream> stream) {
                       accepted.push_back(std::move(stream));
                       if (accepted.size() == stop_at) reactor.stop();
                   },
                   log)
            .value();
    }
    static Poco::Net::StreamSocket connect(const Listener& listener) {
        return Poco::Net::StreamSocket(Poco::Net::SocketAddress("127.0.0.1", listener.port()));
    }

    // What happens later without descriptors, apart from their lack.
    void rehearse(const Listener& listener) {
        const Poco::Net::StreamSocket client = connect(listener);
        run();
        Handler handler;
        Watch watch = reactor.watch(accepted[0]->socket(), handler, Interest::read).value();
        watch.set_interest(Interest::none);
        watch = Watch();
        accepted.clear();
        static_cast<Logger&>(log).error("{}", "rehearsal");
        log.lines.clear();
    }

    ListLogger log;
    std::vector<std::unique_ptr<Stream>> accepted;
    size_t stop_at = 1;
};
INSTANTIATE_TEST_SUITE_P(Pollers, ListenerTest, poller_names(), poller_name);

TEST_P(ListenerTest, hands_on_a_connection_with_its_peers_address) {
    const auto listener = open();
    Poco::Net::StreamSocket client = connect(*listener);
    run();
    ASSERT_EQ(accepted.size(), 1U);
    EXPECT_EQ(accepted[0]->peer().ip, "127.0.0.1");
    EXPECT_EQ(accepted[0]->peer().port, client.address().port());
    EXPECT_EQ(log.lines.size(), 0U);
}

TEST_P(ListenerTest, accepts_more_than_one_turn_takes) {
    const auto listener = open();
    stop_at = Listener::accepts_per_turn_max + 10;
    std::vector<Poco::Net::StreamSocket> clients;
    for (size_t i = 0; i < stop_at; ++i) clients.push_back(connect(*listener));
    run_one_turn();
    EXPECT_EQ(accepted.size(), size_t{Listener::accepts_per_turn_max});
    run();
    EXPECT_EQ(accepted.size(), stop_at);
}

TEST_P(ListenerTest, fails_to_open_on_a_taken_port) {
    const auto listener = open();
    const auto second = Listener::open(
        reactor, "127.0.0.1", listener->port(), [](std::unique_ptr<Stream>) {}, log);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().text, "listen tcp 127.0.0.1:" + std::to_string(listener->port()) +
                                       ": bind: address already in use");
}

TEST_P(ListenerTest, refuses_connections_once_it_is_gone) {
    auto listener = open();
    const uint16_t port = listener->port();
    listener.reset();
    EXPECT_THROW(Poco::Net::StreamSocket(Poco::Net::SocketAddress("127.0.0.1", port)),
                 Poco::Exception);
    run_one_turn();
}

TEST_P(ListenerTest, pauses_without_descriptors_says_so_once_and_goes_on_when_there_are_some) {
    const auto listener = open();
    rehearse(*listener);
    const Poco::Net::StreamSocket client = connect(*listener);
    {
        const NoMoreDescriptors none;
        reactor.after(Listener::accept_pause * 5 / 2, [this] { reactor.stop(); });
        run();
        EXPECT_EQ(accepted.size(), 0U);
    }
    ASSERT_EQ(log.lines.size(), 1U) << "three attempts, one line";
    EXPECT_EQ(log.lines[0], "Cannot accept connections on port " +
                                std::to_string(listener->port()) +
                                ", trying again every 100 ms: too many open files");
    run();
    EXPECT_EQ(accepted.size(), 1U);

    const Poco::Net::StreamSocket later = connect(*listener);
    const NoMoreDescriptors none;
    reactor.after(Listener::accept_pause / 2, [this] { reactor.stop(); });
    run();
    EXPECT_EQ(log.lines.size(), 2U) << "a new burst is told again";
}

TEST_P(ListenerTest, may_be_destroyed_while_it_pauses) {
    auto listener = open();
    rehearse(*listener);
    const Poco::Net::StreamSocket client = connect(*listener);
    const NoMoreDescriptors none;
    run_one_turn();
    ASSERT_EQ(log.lines.size(), 1U);
    listener.reset();
    reactor.after(Listener::accept_pause * 3 / 2, [this] { reactor.stop(); });
    run();
    EXPECT_EQ(accepted.size(), 0U);
}

}  // namespace
}  // namespace midge::net_test
