#include "net/name_lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace midge {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;

TEST(NameLookup, finds_addresses_on_a_thread_of_its_own) {
    NameLookup names;
    std::promise<Result<std::vector<std::string>>> found;
    std::thread::id thread;
    names.ask("localhost", [&](auto addresses) {
        thread = std::this_thread::get_id();
        found.set_value(std::move(addresses));
    });
    const auto addresses = found.get_future().get();
    ASSERT_TRUE(addresses) << addresses.error().text;
    EXPECT_THAT(*addresses, Contains(AnyOf("127.0.0.1", "::1")));
    EXPECT_NE(thread, std::this_thread::get_id());
}

TEST(NameLookup, refuses_at_once_when_it_is_stopped) {
    NameLookup names;
    names.stop();
    std::string error;
    names.ask("localhost", [&](auto addresses) { error = addresses.error().text; });
    EXPECT_EQ(error, "lookup localhost: no look-up is possible now");
}

}  // namespace
}  // namespace midge
