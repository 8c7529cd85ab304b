// The syslog of the machine itself.
#include <gtest/gtest.h>

#include "syslog.h"

namespace midge {
namespace {

TEST(LocalSyslog, says_that_a_socket_is_not_there) {
    EXPECT_EQ(Syslog::connect("unix:///no/such", "midged").error().text,
              "error connecting to syslog: \"dial unix /no/such: connect: no such file or "
              "directory\"");
}

}  // namespace
}  // namespace midge
