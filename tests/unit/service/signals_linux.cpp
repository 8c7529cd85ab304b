// Signals by name.
#include <gtest/gtest.h>

#include "signals.h"

namespace midge {
namespace {

TEST(SendSignal, says_what_is_wrong_with_the_request) {
    EXPECT_EQ(send_signal("midged", "reload=x").error().text, "invalid pid: x");
    EXPECT_EQ(send_signal("midged", "foo=1").error().text, "unknown signal \"foo\"");
    EXPECT_EQ(send_signal("midged", "a=b=c").error().text, "invalid signal parameters: [c]");
    EXPECT_EQ(send_signal("midged", "reload=99999999").error().text,
              "\nsignal \"reload\" 99999999: no such process");
    EXPECT_EQ(
        send_signal("midged", "diff=99999999").error().text,
        "\nsignal \"diff\" 99999999: only a running midged can say what a reload would change");
    EXPECT_EQ(send_signal("midged", "reload").error().text, "no midged processes running");
}

}  // namespace
}  // namespace midge
