// midged and the service control manager, as far as that can be tested without an installed
// service.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service_install.h"
#include "signals.h"

namespace midge {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(QuotedArgument, is_read_back_by_windows_as_it_was) {
    EXPECT_EQ(quoted_argument("plain"), "plain");
    EXPECT_EQ(quoted_argument("C:\\plain\\"), "C:\\plain\\");
    EXPECT_EQ(quoted_argument(""), "\"\"");
    EXPECT_EQ(quoted_argument("C:\\with blank\\x.conf"), "\"C:\\with blank\\x.conf\"");
    EXPECT_EQ(quoted_argument("ends with \\"), "\"ends with \\\\\"");
    EXPECT_EQ(quoted_argument("say \\\"hi\\\""), "\"say \\\\\\\"hi\\\\\\\"\"");
}

TEST(SendSignal, says_what_is_wrong_with_the_request) {
    EXPECT_THAT(send_signal("midged", "reload=no-such-service").error().text,
                StartsWith("could not access service: "));
    EXPECT_EQ(send_signal("midged", "a=b=c").error().text, "invalid signal parameters: c");
    EXPECT_EQ(send_signal("midged", "reload=99999999").error().text,
              "\nsignal \"reload\" 99999999: no midged runs as this process");
    EXPECT_EQ(
        send_signal("midged", "diff=99999999").error().text,
        "\nsignal \"diff\" 99999999: only a running midged can say what a reload would change");
    EXPECT_THAT(send_signal("midged", "diff=no-such-service").error().text,
                StartsWith("could not access service: "));
}

TEST(ControlService, says_what_is_wrong_with_the_request) {
    const auto refused = [](const char* action, void (*change)(ServiceOrder&)) {
        ServiceOrder request;
        request.action = action;
        request.name = "no-such-service";
        change(request);
        return control_service(request).error().text;
    };
    EXPECT_EQ(
        refused("restart", [](ServiceOrder&) {}),
        "--service is \"restart\", expected prepare, install, uninstall, start, stop or status");
    EXPECT_EQ(refused("start", [](ServiceOrder&) {}), "there is no service \"no-such-service\"");
    EXPECT_EQ(refused("install", [](ServiceOrder& r) { r.start = "later"; }),
              "--start is \"later\", expected auto, manual or delayed");
    EXPECT_THAT(refused("install", [](ServiceOrder& r) { r.account = ".\\bob"; }),
                HasSubstr("expected one without a password"));
    EXPECT_THAT(refused("install", [](ServiceOrder& r) { r.config_file = "C:\\no\\such.conf"; }),
                StartsWith("C:\\no\\such.conf: no such file"));
}

TEST(ControlService, an_unknown_service_is_an_answer_to_status) {
    ServiceOrder request;
    request.action = "status";
    request.name = "no-such-service";
    const auto answer = control_service(request);
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->text, "There is no service \"no-such-service\"");
    EXPECT_EQ(answer->exit_code, 4);
}

}  // namespace
}  // namespace midge
