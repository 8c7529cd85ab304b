#include <winsock2.h>

#include "net/poller.h"
#include "unit/net/net_support.h"

namespace midge::net_test {

// The texts depend on the version of Windows.
const std::string address_in_use = os_error_text(WSAEADDRINUSE);
const std::string foreign_address = os_error_text(WSAEADDRNOTAVAIL);
// Wine closes such a socket in an orderly way.
const bool resets_are_told = false;

// Called before main(), so it must not depend on objects of other files.
const std::vector<const char*>& system_pollers() {
    static const std::vector<const char*> names = {"poco"};
    return names;
}

TEST(MakePoller, names_the_known_ones_when_asked_for_another) {
    const auto poller = make_poller("kqueue");
    ASSERT_FALSE(poller);
    EXPECT_EQ(poller.error().text, R"(reactor is "kqueue", expected "poco")");
}

TEST(OsErrorText, is_one_line_in_the_systems_words) {
    for (const int error : {WSAEADDRINUSE, WSAEMFILE, WSAECONNRESET}) {
        const std::string text = os_error_text(error);
        EXPECT_EQ(text.find_first_of("\r\n"), std::string::npos) << text;
        EXPECT_FALSE(text.empty());
    }
    EXPECT_EQ(os_error_text(999'999), "Windows error 999999");
}

}  // namespace midge::net_test
