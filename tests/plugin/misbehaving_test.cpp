// The host with plugins that break the rules for answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "abi/resolver_plugin.hpp"
#include "host/plugin_library.h"
#include "host/plugin_resolver.h"
#include "plugin/plugin_support.h"
#include "plugin/puppet.h"

namespace midge::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

class Misbehaving : public ::testing::Test {
  protected:
    void start(std::chrono::milliseconds timeout) {
        next_puppet = &puppet_;
        auto made = PluginResolver::create(
            puppet_table, {"{}", timeout},
            [this](const AccountChange& change) { changed_.push(change); }, log_);
        ASSERT_TRUE(made) << made.error().text;
        resolver_ = std::move(*made);
    }

    CaptureLogger log_;
    Puppet puppet_;
    Changes changed_;
    std::unique_ptr<PluginResolver> resolver_;
    const std::string key_ = account_key(1);
    const std::string jwt_ = jwt_of("x");
};

TEST_F(Misbehaving, ARequestThatIsNeverCompletedTimesOut) {
    start(20ms);
    const auto got = fetch(*resolver_, key_);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, Errc::timeout);
    EXPECT_EQ(got.error().text, "puppet did not answer within 20ms");
}

TEST_F(Misbehaving, EachRequestTimesOutByItself) {
    start(20ms);
    std::vector<Answer<std::string>> answers(50);
    for (auto& answer : answers) resolver_->fetch(key_, answer.callback());
    for (auto& answer : answers) {
        const auto got = answer.get();
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code, Errc::timeout);
    }
}

TEST_F(Misbehaving, ASecondAnswerIsIgnoredAndLogged) {
    start(patience);
    Answer<std::string> answer;
    resolver_->fetch(key_, answer.callback());
    puppet_.complete(puppet_.last_request(), MIDGE_OK, jwt_);
    puppet_.complete(puppet_.last_request(), MIDGE_OK, "another");
    EXPECT_EQ(answer.get().value(), jwt_);
    EXPECT_EQ(log_.count("puppet: ignored an answer to request 1, which was answered before"), 1U)
        << log_.all();
}

TEST_F(Misbehaving, AnAnswerAfterTheDeadlineIsIgnoredAndLogged) {
    start(1ms);
    const auto got = fetch(*resolver_, key_);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, Errc::timeout);
    puppet_.complete(puppet_.last_request(), MIDGE_OK, jwt_);
    EXPECT_EQ(log_.count("is past its deadline"), 1U) << log_.all();
}

TEST_F(Misbehaving, AnAnswerToAnUnknownNumberIsIgnoredAndLogged) {
    start(patience);
    puppet_.complete(0, MIDGE_OK, jwt_);
    puppet_.complete(12345, MIDGE_OK, jwt_);
    EXPECT_EQ(log_.count("request 0, which does not exist"), 1U) << log_.all();
    EXPECT_EQ(log_.count("request 12345, which does not exist"), 1U) << log_.all();
}

TEST_F(Misbehaving, ManyIgnoredAnswersDoNotFloodTheLog) {
    start(patience);
    for (int i = 0; i < 1000; ++i) puppet_.complete(99, MIDGE_OK, jwt_);
    EXPECT_EQ(log_.count("ignored an answer"), 10U);  // 1, 2, 4 ... 512
}

TEST_F(Misbehaving, CallsIntoTheHostAfterStopAreIgnored) {
    start(patience);
    Answer<std::string> answer;
    resolver_->fetch(key_, answer.callback());
    resolver_->stop();
    const auto got = answer.get();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, Errc::unavailable);
    puppet_.complete(puppet_.last_request(), MIDGE_OK, jwt_);
    puppet_.host->log(puppet_.host->self, MIDGE_LOG_ERROR, plugin::text("still here"));
    puppet_.host->changed(puppet_.host->self, MIDGE_CHANGED_ACCOUNT, plugin::text(key_));
    EXPECT_EQ(log_.all(), "");
    EXPECT_EQ(changed_.count(), 0U);
}

TEST_F(Misbehaving, CallsIntoTheHostAfterDestroyAreIgnored) {
    start(patience);
    resolver_.reset();
    puppet_.complete(1, MIDGE_OK, jwt_);
    puppet_.host->log(puppet_.host->self, MIDGE_LOG_ERROR, plugin::text("still here"));
    EXPECT_EQ(log_.all(), "");
}

TEST_F(Misbehaving, AnswersThatRaceWithStopAreGivenOnce) {
    start(patience);
    constexpr size_t requests = 500;
    std::vector<Answer<std::string>> answers(requests);
    for (auto& answer : answers) resolver_->fetch(key_, answer.callback());
    std::thread plugin([&] {
        for (uint64_t number = 1; number <= requests; ++number) {
            puppet_.complete(number, MIDGE_OK, jwt_);
        }
    });
    resolver_->stop();
    for (auto& answer : answers) EXPECT_TRUE(answer.ready());  // a second answer would have thrown
    plugin.join();
}

TEST_F(Misbehaving, ALargeAnswerIsRefused) {
    start(patience);
    Answer<std::string> answer;
    resolver_->fetch(key_, answer.callback());
    puppet_.complete(puppet_.last_request(), MIDGE_OK, std::string(jwt_bytes_max + 1, 'x'));
    const auto got = answer.get();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().text, "puppet: answer of 1048577 bytes, at most 1048576 are taken");
}

TEST_F(Misbehaving, AnEmptyJwtIsRefused) {
    start(patience);
    Answer<std::string> answer;
    resolver_->fetch(key_, answer.callback());
    puppet_.complete(puppet_.last_request(), MIDGE_OK, "");
    EXPECT_FALSE(answer.get());
}

TEST_F(Misbehaving, AnUnknownStatusIsAFailureAndItsTextBecomesOneLine) {
    start(patience);
    Answer<std::string> answer;
    resolver_->fetch(key_, answer.callback());
    puppet_.complete(puppet_.last_request(), -77, "first\r\nsecond");
    const auto got = answer.get();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, Errc::failed);
    EXPECT_EQ(got.error().text, "puppet: first  second");
}

TEST_F(Misbehaving, ListLinesThatAreNoAccountKeysAreLeftOut) {
    start(patience);
    Answer<std::vector<std::string>> answer;
    resolver_->list(answer.callback());
    puppet_.complete(puppet_.last_request(), MIDGE_OK,
                     "../../etc/passwd\n" + account_key(1) + "\n\nUABC\n" + account_key(2));
    EXPECT_EQ(answer.get().value(), (std::vector{account_key(1), account_key(2)}));
}

TEST_F(Misbehaving, AChangeOfSomethingElseThanAnAccountIsIgnoredAndLogged) {
    start(patience);
    puppet_.change(MIDGE_CHANGED_ACCOUNT, "../x");
    puppet_.change(MIDGE_CHANGED_ACCOUNT, key_);
    ASSERT_TRUE(changed_.wait_for(1));
    EXPECT_EQ(changed_.at(0).account, key_);
    EXPECT_EQ(log_.count("no account key"), 1U);
}

TEST_F(Misbehaving, LongAndTornLogLinesAreCutToOneLine) {
    start(patience);
    const std::string line = "a\nb" + std::string(100'000, 'x');
    puppet_.host->log(puppet_.host->self, 99, plugin::text(line));
    EXPECT_EQ(log_.count("puppet: a b"), 1U);
    EXPECT_LT(log_.all().size(), 5000U);
}

TEST_F(Misbehaving, TooManyWaitingRequestsAreRefusedAtOnce) {
    start(patience);
    std::vector<Answer<std::string>> answers(pending_requests_max);
    for (auto& answer : answers) resolver_->fetch(key_, answer.callback());
    const auto refused = fetch(*resolver_, key_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    puppet_.complete(1, MIDGE_OK, jwt_);
    Answer<std::string> again;
    resolver_->fetch(key_, again.callback());
    EXPECT_FALSE(again.ready());
}

TEST_F(Misbehaving, WhatATableLacksIsUnsupported) {
    start(patience);
    EXPECT_FALSE(resolver_->can_store());
    EXPECT_FALSE(resolver_->can_erase());
    EXPECT_EQ(store(*resolver_, key_, jwt_).error().code, Errc::unsupported);
    EXPECT_EQ(erase(*resolver_, key_).error().code, Errc::unsupported);
}

TEST(PluginTable, ABiggerTableOfANewerHeaderIsTaken) {
    midge_resolver newer = puppet_table;
    newer.size += 64;  // the host must ignore these bytes
    EXPECT_TRUE(check_table(newer));
}

}  // namespace
}  // namespace midge::test
