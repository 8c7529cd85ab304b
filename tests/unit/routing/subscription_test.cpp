#include "routing/subscription.h"

#include <gtest/gtest.h>

#include <thread>

namespace midge {
namespace {

class CountingOwner final : public SubscriptionOwner {
  public:
    void on_subscription_spent(uint64_t, const std::string&) override { told.fetch_add(1); }
    std::atomic<int> told{0};
};

class SubscriptionTest : public testing::Test {
  protected:
    Ref<ClientSubscription> subscription() {
        ClientSubscription::Receiver client;
        client.owner = &owner_;
        return make_ref<ClientSubscription>("a", "", "1", std::move(client));
    }
    CountingOwner owner_;
};

TEST_F(SubscriptionTest, tells_its_owner_at_its_last_delivery) {
    const auto sub = subscription();
    EXPECT_TRUE(sub->take_delivery());
    EXPECT_TRUE(sub->end_after(2));
    EXPECT_FALSE(sub->spent());
    EXPECT_TRUE(sub->take_delivery());
    EXPECT_EQ(owner_.told, 1);
    EXPECT_TRUE(sub->spent());
    EXPECT_FALSE(sub->take_delivery());
}

TEST_F(SubscriptionTest, is_over_at_once_when_it_has_had_as_many) {
    const auto sub = subscription();
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(sub->take_delivery());
    EXPECT_FALSE(sub->end_after(2));
    EXPECT_TRUE(sub->spent());
    EXPECT_FALSE(sub->take_delivery());
}

// In every order, one of the two sides notices the end, and a limit that is set in time is obeyed.
TEST_F(SubscriptionTest, a_maximum_that_races_with_deliveries_is_noticed_by_one_side) {
    constexpr int rounds = 20'000;
    constexpr int deliveries = 3;
    constexpr uint64_t max = 2;
    std::vector<Ref<ClientSubscription>> subscriptions;
    for (int i = 0; i < rounds; ++i) subscriptions.push_back(subscription());
    std::vector<int> delivered(rounds);
    std::atomic<int> round{-1}, done{-1};
    std::thread publisher([&] {
        for (int i = 0; i < rounds; ++i) {
            while (round.load() < i) {
            }
            for (int n = 0; n < deliveries; ++n)
                delivered[static_cast<size_t>(i)] +=
                    subscriptions[static_cast<size_t>(i)]->take_delivery() ? 1 : 0;
            done.store(i);
        }
    });
    for (int i = 0; i < rounds; ++i) {
        ClientSubscription& sub = *subscriptions[static_cast<size_t>(i)];
        const int told_before = owner_.told;
        round.store(i);
        const bool stays = sub.end_after(max);
        while (done.load() < i) {
        }
        EXPECT_TRUE(sub.spent());
        EXPECT_TRUE(!stays || owner_.told > told_before) << "nobody would take it out";
        if (stays) {
            EXPECT_EQ(delivered[static_cast<size_t>(i)], static_cast<int>(max));
        }
    }
    publisher.join();
}

}  // namespace
}  // namespace midge
