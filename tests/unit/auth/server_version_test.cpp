#include "auth/server_version.h"

#include <gtest/gtest.h>

namespace midge {
namespace {

std::string refusal(std::string_view asserted) {
    const auto checked = check_server_version(asserted, "2.15.1");
    return checked ? "" : checked.error().text;
}

TEST(ServerVersion, may_be_that_or_a_newer_one) {
    for (const char* asserted : {"", "2.15.1", "2.15.0", "2.14.99", "1.99.99", "0.0.0"})
        EXPECT_EQ(refusal(asserted), "") << asserted;
}

TEST(ServerVersion, must_not_be_older) {
    EXPECT_EQ(refusal("99.0.0"), "expected major version 99 > server major version 2");
    EXPECT_EQ(refusal("2.16.0"), "expected minor version 16 > server minor version 15");
    EXPECT_EQ(refusal("2.15.2"), "expected update version 2 > server update version 1");
}

TEST(ServerVersion, that_is_none_is_refused) {
    const std::string form = "asserted server version must be of the form <major>.<minor>.<update>";
    EXPECT_EQ(refusal("2.15"), "expects version 2.15 got error instead: " + form);
    EXPECT_EQ(refusal("2.15.1.0"), "expects version 2.15.1.0 got error instead: " + form);
    EXPECT_EQ(refusal("2.15.1-beta"),
              "expects version 2.15.1-beta got error instead: asserted server version cant parse "
              "1-beta to int");
    EXPECT_EQ(refusal("2..1"),
              "expects version 2..1 got error instead: asserted server version cant parse  to int");
}

}  // namespace
}  // namespace midge
