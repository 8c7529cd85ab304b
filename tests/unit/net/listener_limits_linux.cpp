// A listener in a process that cannot open more descriptors, which is a limit of Linux.
#include <sys/resource.h>
#include <unistd.h>

#include "unit/net/listener_support.h"

namespace midge::net_test {
namespace {

// While it exists, the process cannot open any descriptor. UBSan needs some when it first meets a
// type of object, so a test first makes all steps once.
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

class ListenerLimitTest : public ListenerTest {
  protected:
    // Makes all steps of the test while descriptors are available.
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
};
INSTANTIATE_TEST_SUITE_P(Pollers, ListenerLimitTest, poller_names(), poller_name);

TEST_P(ListenerLimitTest, pauses_without_descriptors_says_so_once_and_goes_on_when_there_are_some) {
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

TEST_P(ListenerLimitTest, may_be_destroyed_while_it_pauses) {
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
