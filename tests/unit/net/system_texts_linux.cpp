#include <cerrno>

#include "net/poller.h"
#include "unit/net/net_support.h"

namespace midge::net_test {

// The texts of Go, and thus of nats-server.
const std::string address_in_use = "address already in use";
const std::string foreign_address = "cannot assign requested address";
const bool resets_are_told = true;

// Called before main(), so it must not depend on objects of other files.
const std::vector<const char*>& system_pollers() {
    static const std::vector<const char*> names = {"epoll", "poco"};
    return names;
}

TEST(MakePoller, names_the_known_ones_when_asked_for_another) {
    const auto poller = make_poller("kqueue");
    ASSERT_FALSE(poller);
    EXPECT_EQ(poller.error().text, R"(reactor is "kqueue", expected "epoll" or "poco")");
}

TEST(OsErrorText, is_as_go_prints_it) {
    EXPECT_EQ(os_error_text(EADDRINUSE), "address already in use");
    EXPECT_EQ(os_error_text(EMFILE), "too many open files");
    EXPECT_EQ(os_error_text(ECONNRESET), "connection reset by peer");
}

}  // namespace midge::net_test
