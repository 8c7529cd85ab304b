// The syslog of the machine itself.
#include <gtest/gtest.h>

#include "syslog.h"

namespace midge {
namespace {

TEST(LocalSyslog, is_refused) {
    EXPECT_EQ(Syslog::connect("unix:///no/such", "midged").error().text,
              "error connecting to syslog: \"dial unix /no/such: not supported on Windows; use "
              "udp:// or tcp://\"");
    EXPECT_FALSE(Syslog::connect("", "midged"));
}

}  // namespace
}  // namespace midge
