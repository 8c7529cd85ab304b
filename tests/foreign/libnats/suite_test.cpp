// The behaviour that the C client requires of a NATS server. The server and its users come from the
// environment, which run.py sets.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <set>

#include "libnats/foreign_client.h"

namespace midge::foreign {
namespace {

TEST(LibnatsSuite, APublishedMessageReachesASubscriber) {
    Client client;
    ASSERT_EQ(client.status(), NATS_OK);
    const SubscriptionPtr subscription = client.subscribe("c.pub.*");
    client.publish("c.pub.one", "hello");
    const MessagePtr message = Client::next(subscription);
    ASSERT_NE(message, nullptr);
    EXPECT_STREQ(natsMsg_GetSubject(message.get()), "c.pub.one");
    EXPECT_EQ(text_of(message), "hello");
}

TEST(LibnatsSuite, MessagesOfOnePublisherKeepTheirOrder) {
    Client subscriber;
    Client publisher;
    ASSERT_EQ(subscriber.status(), NATS_OK);
    ASSERT_EQ(publisher.status(), NATS_OK);
    const SubscriptionPtr subscription = subscriber.subscribe("c.order.>");
    ASSERT_EQ(subscriber.flush(), NATS_OK);
    for (int i = 0; i < 1000; ++i) {
        publisher.publish("c.order." + std::to_string(i % 7), std::to_string(i));
    }
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(text_of(Client::next(subscription)), std::to_string(i));
    }
}

TEST(LibnatsSuite, AnEndedSubscriptionGetsNothingMore) {
    Client client;
    ASSERT_EQ(client.status(), NATS_OK);
    const SubscriptionPtr two = client.subscribe("c.auto");
    const SubscriptionPtr all = client.subscribe("c.auto");
    ASSERT_EQ(natsSubscription_AutoUnsubscribe(two.get(), 2), NATS_OK);
    for (int i = 0; i < 4; ++i) client.publish("c.auto", std::to_string(i));
    for (int i = 0; i < 4; ++i) EXPECT_EQ(text_of(Client::next(all)), std::to_string(i));
    EXPECT_EQ(text_of(Client::next(two)), "0");
    EXPECT_EQ(text_of(Client::next(two)), "1");
    natsMsg* none = nullptr;
    EXPECT_EQ(natsSubscription_NextMsg(&none, two.get(), wait_ms), NATS_MAX_DELIVERED_MSGS);
}

TEST(LibnatsSuite, EachMessageReachesOneMemberOfAQueueGroup) {
    constexpr int total = 300;
    // Declared before the client, so that they outlive its callbacks.
    std::array<Counter, 3> members;
    Counter all;
    struct Target {
        Counter* member;
        Counter* all;
    };
    std::array<Target, 3> targets;
    Client client;
    ASSERT_EQ(client.status(), NATS_OK);
    const auto count = [](natsConnection*, natsSubscription*, natsMsg* message, void* target) {
        const MessagePtr owner(message);
        static_cast<Target*>(target)->member->raise();
        static_cast<Target*>(target)->all->raise();
    };
    std::vector<SubscriptionPtr> subscriptions;
    for (size_t i = 0; i < members.size(); ++i) {
        targets[i] = {&members[i], &all};
        natsSubscription* raw = nullptr;
        ASSERT_EQ(natsConnection_QueueSubscribe(&raw, client.handle(), "c.queue", "workers", count,
                                                &targets[i]),
                  NATS_OK);
        subscriptions.emplace_back(raw);
    }
    for (int i = 0; i < total; ++i) client.publish("c.queue", "x");
    ASSERT_TRUE(all.wait_for(total));
    ASSERT_EQ(client.flush(), NATS_OK);
    EXPECT_EQ(all.value(), total);
    for (Counter& member : members) EXPECT_GT(member.value(), 0);
}

TEST(LibnatsSuite, ARequestGetsItsReply) {
    Client service;
    Client client;
    ASSERT_EQ(service.status(), NATS_OK);
    ASSERT_EQ(client.status(), NATS_OK);
    const auto answer = [](natsConnection* nc, natsSubscription*, natsMsg* request, void*) {
        const MessagePtr owner(request);
        const std::string text = "answer to " + text_of(owner);
        natsConnection_PublishString(nc, natsMsg_GetReply(request), text.c_str());
    };
    natsSubscription* raw = nullptr;
    ASSERT_EQ(natsConnection_Subscribe(&raw, service.handle(), "c.service", answer, nullptr),
              NATS_OK);
    const SubscriptionPtr subscription(raw);
    ASSERT_EQ(service.flush(), NATS_OK);
    for (int i = 0; i < 50; ++i) {
        natsMsg* reply = nullptr;
        ASSERT_EQ(natsConnection_RequestString(&reply, client.handle(), "c.service",
                                               std::to_string(i).c_str(), wait_ms),
                  NATS_OK);
        EXPECT_EQ(text_of(MessagePtr(reply)), "answer to " + std::to_string(i));
    }
}

TEST(LibnatsSuite, HeadersArriveAsTheyWereSent) {
    Client client;
    ASSERT_EQ(client.status(), NATS_OK);
    const SubscriptionPtr subscription = client.subscribe("c.headers");
    natsMsg* raw = nullptr;
    ASSERT_EQ(natsMsg_Create(&raw, "c.headers", nullptr, "body", 4), NATS_OK);
    const MessagePtr sent(raw);
    ASSERT_EQ(natsMsgHeader_Set(raw, "Content-Type", "text/plain"), NATS_OK);
    ASSERT_EQ(natsMsgHeader_Add(raw, "Step", "one"), NATS_OK);
    ASSERT_EQ(natsMsgHeader_Add(raw, "Step", "two"), NATS_OK);
    ASSERT_EQ(natsConnection_PublishMsg(client.handle(), raw), NATS_OK);

    const MessagePtr received = Client::next(subscription);
    ASSERT_NE(received, nullptr);
    EXPECT_EQ(text_of(received), "body");
    const char* type = nullptr;
    ASSERT_EQ(natsMsgHeader_Get(received.get(), "Content-Type", &type), NATS_OK);
    EXPECT_STREQ(type, "text/plain");
    const char** steps = nullptr;
    int step_count = 0;
    ASSERT_EQ(natsMsgHeader_Values(received.get(), "Step", &steps, &step_count), NATS_OK);
    EXPECT_EQ(std::multiset<std::string>(steps, steps + step_count),
              (std::multiset<std::string>{"one", "two"}));
    free(static_cast<void*>(steps));
}

TEST(LibnatsSuite, ARequestWithoutAResponderFailsAtOnce) {
    Client client;
    ASSERT_EQ(client.status(), NATS_OK);
    natsMsg* reply = nullptr;
    EXPECT_EQ(natsConnection_RequestString(&reply, client.handle(), "c.nobody", "", wait_ms),
              NATS_NO_RESPONDERS);
}

TEST(LibnatsSuite, DrainDeliversWhatIsUnderWayThenCloses) {
    Counter received;
    Client client;
    Client publisher;
    ASSERT_EQ(client.status(), NATS_OK);
    ASSERT_EQ(publisher.status(), NATS_OK);
    const auto count = [](natsConnection*, natsSubscription*, natsMsg* message, void* counter) {
        const MessagePtr owner(message);
        static_cast<Counter*>(counter)->raise();
    };
    natsSubscription* raw = nullptr;
    ASSERT_EQ(natsConnection_Subscribe(&raw, client.handle(), "c.drain", count, &received),
              NATS_OK);
    const SubscriptionPtr subscription(raw);
    ASSERT_EQ(client.flush(), NATS_OK);
    for (int i = 0; i < 100; ++i) publisher.publish("c.drain", "x");
    ASSERT_EQ(publisher.flush(), NATS_OK);
    ASSERT_EQ(natsConnection_DrainTimeout(client.handle(), wait_ms), NATS_OK);
    ASSERT_TRUE(client.closes.wait_for(1));
    EXPECT_EQ(received.value(), 100);
}

TEST(LibnatsSuite, APublishWithoutPermissionIsRefusedAndTheConnectionStays) {
    if (!exists(limited)) GTEST_SKIP() << "this configuration has no limited user";
    Client client(limited);
    ASSERT_EQ(client.status(), NATS_OK);
    client.publish("forbidden.subject", "x");
    ASSERT_TRUE(client.errors.wait_for(1));
    EXPECT_EQ(client.last_error(), "Permissions Violation for Publish to \"forbidden.subject\"");
    const SubscriptionPtr subscription = client.subscribe("allowed.subject");
    client.publish("allowed.subject", "fine");
    EXPECT_EQ(text_of(Client::next(subscription)), "fine");
}

TEST(LibnatsSuite, ASubscriptionWithoutPermissionIsRefused) {
    if (!exists(limited)) GTEST_SKIP() << "this configuration has no limited user";
    Client client(limited);
    ASSERT_EQ(client.status(), NATS_OK);
    const SubscriptionPtr subscription = client.subscribe("forbidden.>");
    ASSERT_TRUE(client.errors.wait_for(1));
    EXPECT_EQ(client.last_error(), "Permissions Violation for Subscription to \"forbidden.>\"");
}

TEST(LibnatsSuite, UnknownCredentialsAreRefused) {
    if (!exists(stranger)) GTEST_SKIP() << "this configuration lets everybody in";
    const Client client(stranger);
    EXPECT_EQ(client.status(), NATS_CONNECTION_AUTH_FAILED);
}

TEST(LibnatsSuite, TheLargestPayloadPassesAndOneByteMoreDoesNot) {
    const auto limit = setting("MAX_PAYLOAD");
    if (!limit) GTEST_SKIP() << "FOREIGN_MAX_PAYLOAD is not set";
    Client client;
    ASSERT_EQ(client.status(), NATS_OK);
    ASSERT_EQ(natsConnection_GetMaxPayload(client.handle()), std::stoll(*limit));
    const SubscriptionPtr subscription = client.subscribe("c.large");
    const std::string largest(std::stoul(*limit), 'x');
    client.publish("c.large", largest);
    EXPECT_EQ(text_of(Client::next(subscription)), largest);
    EXPECT_EQ(natsConnection_PublishString(client.handle(), "c.large", (largest + "x").c_str()),
              NATS_MAX_PAYLOAD);
}

TEST(LibnatsSuite, AConnectionAndItsSubscriptionsSurviveARestartOfTheServer) {
    if (!setting("CAN_RESTART")) GTEST_SKIP() << "nobody here restarts the server";
    Client client;
    ASSERT_EQ(client.status(), NATS_OK);
    const SubscriptionPtr subscription = client.subscribe("c.restart");
    ASSERT_EQ(client.flush(), NATS_OK);
    std::puts("@restart");
    std::fflush(stdout);
    ASSERT_TRUE(client.reconnects.wait_for(1));
    client.publish("c.restart", "again");
    EXPECT_EQ(text_of(Client::next(subscription)), "again");
}

}  // namespace
}  // namespace midge::foreign

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    nats_Open(-1);
    const int failed = RUN_ALL_TESTS();
    nats_CloseAndWait(midge::foreign::wait_ms);
    return failed;
}
