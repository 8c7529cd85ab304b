// The host's handling of special requests and answers: cancelling, batches, pages, conditions,
// notices, and callbacks that make requests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/jwt_version.h"
#include "host/plugin_library.h"
#include "host/plugin_resolver.h"
#include "plugin/plugin_support.h"
#include "plugin/puppet.h"

namespace midge::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

class Requests : public ::testing::Test {
  protected:
    void start(std::chrono::milliseconds timeout = patience) {
        next_puppet = &puppet_;
        auto made = PluginResolver::create(
            table_, {"{}", timeout, "mine"},
            [this](const AccountChange& change) { changed_.push(change); }, log_);
        ASSERT_TRUE(made) << made.error().text;
        resolver_ = std::move(*made);
    }

    CaptureLogger log_;
    Puppet puppet_;
    Changes changed_;
    midge_resolver table_ = puppet_table;
    std::unique_ptr<PluginResolver> resolver_;
    const std::string key_ = account_key(1);
    const std::string jwt_ = jwt_of("x");
};

TEST_F(Requests, SayTheDeadlineAndTheNameOfTheInstance) {
    start(1234s);
    EXPECT_EQ(puppet_.instance, "mine");
    EXPECT_EQ(resolver_->name(), "mine");
    Answer<std::string> answer;
    resolver_->fetch(key_, answer.callback());
    EXPECT_THAT(puppet_.deadlines, ElementsAre(1'234'000U));
}

TEST_F(Requests, APluginHearsOnceThatItsDeadlineIsOverAndMayStillAnswer) {
    table_.cancel = &puppet_cancel;
    start(1ms);
    EXPECT_EQ(fetch(*resolver_, key_).error().code, Errc::timeout);
    ASSERT_TRUE(puppet_.wait_for_cancel(1));
    puppet_.complete(1, MIDGE_OK, jwt_);
    resolver_->stop();
    EXPECT_THAT(puppet_.cancelled, ElementsAre(1U));
    EXPECT_EQ(log_.all(), "");
}

TEST_F(Requests, AnswerASetOfAccountsEachForItself) {
    start();
    std::vector<Answer<std::string>> answers(6);
    const std::vector<std::string> accounts = {account_key(0), account_key(1), "no key",
                                               account_key(3), account_key(4), account_key(5)};
    resolver_->fetch_each(accounts, [&](size_t i, Result<std::string> jwt) {
        answers[i].callback()(std::move(jwt));
    });
    ASSERT_EQ(puppet_.requests.size(), 2U) << "four at a time";
    EXPECT_EQ(answers[2].get().error().code, Errc::invalid);
    puppet_.complete(1, MIDGE_OK, jwt_of("1"), 1);
    EXPECT_EQ(answers[1].get(), jwt_of("1"));
    EXPECT_FALSE(answers[0].ready());
    puppet_.complete(1, MIDGE_UNAVAILABLE, "down", MIDGE_EVERY_ACCOUNT);
    EXPECT_EQ(answers[0].get().error().text, "mine: down");
    EXPECT_EQ(answers[3].get().error().text, "mine: down");
    puppet_.complete(2, MIDGE_NOT_FOUND, "none", 0);
    EXPECT_EQ(answers[4].get().error().code, Errc::not_found);
    puppet_.complete(2, MIDGE_OK, jwt_of("5"), 7);
    EXPECT_EQ(log_.count("ignored an answer to request 2 (account 7)"), 1U) << log_.all();
    puppet_.complete(2, MIDGE_OK, jwt_of("5"), 1);
    EXPECT_EQ(answers[5].get(), jwt_of("5"));
}

TEST_F(Requests, OneJwtIsNoAnswerToAllAccounts) {
    start();
    std::vector<Answer<std::string>> answers(2);
    resolver_->fetch_each({account_key(0), account_key(1)}, [&](size_t i, Result<std::string> jwt) {
        answers[i].callback()(std::move(jwt));
    });
    puppet_.complete(1, MIDGE_OK, jwt_, MIDGE_EVERY_ACCOUNT);
    for (auto& answer : answers) EXPECT_FALSE(answer.get());
}

TEST_F(Requests, NameTheVersionThatTheHostHas) {
    start();
    Answer<std::optional<std::string>> answer;
    resolver_->fetch_if_changed(key_, jwt_, answer.callback());
    EXPECT_THAT(puppet_.haves, ElementsAre(jwt_version(jwt_)));
    puppet_.complete(1, MIDGE_UNCHANGED, "");
    const auto got = answer.get();
    ASSERT_TRUE(got) << got.error().text;
    EXPECT_FALSE(got->has_value());
}

TEST_F(Requests, ThatNameNoVersionCannotBeUnchanged) {
    start();
    Answer<std::string> answer;
    resolver_->fetch(key_, answer.callback());
    EXPECT_THAT(puppet_.haves, ElementsAre(""));
    puppet_.complete(1, MIDGE_UNCHANGED, "");
    EXPECT_EQ(answer.get().error().text, "mine: status 7 is no answer to this request");
    Answer<std::string> conflict;
    resolver_->fetch(key_, conflict.callback());
    puppet_.complete(2, MIDGE_CONFLICT, "");
    EXPECT_EQ(conflict.get().error().text, "mine: status 8 is no answer to this request");
}

TEST_F(Requests, WithAConditionGoOnlyToWhoObeysIt) {
    table_.store = &puppet_store;
    start();
    EXPECT_TRUE(resolver_->can_store());
    EXPECT_EQ(store_if(*resolver_, key_, jwt_, std::nullopt).error().code, Errc::unsupported);
    EXPECT_THAT(puppet_.requests, IsEmpty());
    Answer<void> answer;
    resolver_->store(key_, jwt_, answer.callback());
    puppet_.complete(1, MIDGE_CONFLICT, "");
    EXPECT_FALSE(answer.get()) << "there was no condition";
}

TEST_F(Requests, ListPageAfterPage) {
    start();
    Answer<std::vector<std::string>> answer;
    resolver_->list(answer.callback());
    puppet_.complete(puppet_.wait_for_request(1), MIDGE_OK, account_key(1) + "\n", 0, "one");
    puppet_.complete(puppet_.wait_for_request(2), MIDGE_OK, "", 0, "two");
    puppet_.complete(puppet_.wait_for_request(3), MIDGE_OK, account_key(2) + "\n");
    EXPECT_EQ(answer.get().value(), (std::vector{account_key(1), account_key(2)}));
    EXPECT_THAT(puppet_.cursors, ElementsAre("", "one", "two"));
}

TEST_F(Requests, RefuseACursorAndAPageThatAreTooLarge) {
    start();
    Answer<std::vector<std::string>> long_cursor;
    resolver_->list(long_cursor.callback());
    puppet_.complete(1, MIDGE_OK, "", 0, std::string(list_cursor_bytes_max + 1, 'c'));
    EXPECT_EQ(long_cursor.get().error().text, "mine: cursor of 1025 bytes, at most 1024 are taken");
    Answer<std::vector<std::string>> long_page;
    resolver_->list(long_page.callback());
    puppet_.complete(2, MIDGE_OK, std::string(list_page_bytes_max + 1, '\n'));
    EXPECT_THAT(long_page.get().error().text, HasSubstr("bytes, at most"));
}

TEST_F(Requests, AListWithoutEndEnds) {
    start();
    Answer<std::vector<std::string>> answer;
    resolver_->list(answer.callback());
    for (size_t page = 1; page <= list_pages_max; ++page)
        puppet_.complete(puppet_.wait_for_request(page), MIDGE_OK, "", 0, "again");
    EXPECT_THAT(answer.get().error().text, HasSubstr("pages"));
}

TEST_F(Requests, AnAnswerStructureThatIsTooSmallIsRefused) {
    start();
    Answer<std::string> answer;
    resolver_->fetch(key_, answer.callback());
    midge_answer small = {sizeof(midge_answer), MIDGE_OK, 0, 0, plugin::text(jwt_), {}};
    small.size = 8;
    puppet_.answer(1, small);
    EXPECT_THAT(answer.get().error().text, HasSubstr("answer structure of 8 bytes"));
    Answer<std::string> again;
    resolver_->fetch(key_, again.callback());
    puppet_.host->complete(puppet_.host->self, 2, nullptr);
    EXPECT_FALSE(again.ready());
}

TEST_F(Requests, ChangesAreOfThreeKinds) {
    start();
    puppet_.change(MIDGE_CHANGED_ACCOUNT, key_);
    puppet_.change(MIDGE_CHANGED_ALL, "whatever");
    puppet_.change(MIDGE_CHANGED_DELETED, key_);
    puppet_.change(99, "");
    puppet_.change(MIDGE_CHANGED_DELETED, "no key");
    ASSERT_TRUE(changed_.wait_for(4));
    EXPECT_EQ(changed_.at(0).kind, AccountChange::Kind::account);
    EXPECT_EQ(changed_.at(0).account, key_);
    EXPECT_EQ(changed_.at(1).kind, AccountChange::Kind::all);
    EXPECT_EQ(changed_.at(1).account, "");
    EXPECT_EQ(changed_.at(2).kind, AccountChange::Kind::deleted);
    EXPECT_EQ(changed_.at(3).kind, AccountChange::Kind::all) << "of a kind that is not known";
    EXPECT_EQ(log_.count("no account key"), 1U);
}

TEST_F(Requests, AFloodOfChangesBecomesOneOfEverything) {
    start();
    // Blocks the resolver's thread while the notices come.
    std::promise<void> entered;
    std::promise<void> release;
    resolver_->fetch(key_, [&](const Result<std::string>&) {
        entered.set_value();
        release.get_future().wait();
    });
    puppet_.complete(1, MIDGE_OK, jwt_);
    entered.get_future().wait();
    for (size_t i = 0; i <= waiting_changes_max; ++i)
        puppet_.change(MIDGE_CHANGED_ACCOUNT, account_key(i));
    release.set_value();
    ASSERT_TRUE(changed_.wait_for(1));
    resolver_->stop();
    EXPECT_EQ(changed_.count(), 1U);
    EXPECT_EQ(changed_.at(0).kind, AccountChange::Kind::all);
}

// A plugin that answers within the call, under a lock that every call needs.
std::mutex plugin_lock;
thread_local int calls_on_this_stack = 0;
std::atomic<int> nested_calls = 0;

void answer_at_once(void* self, const midge_fetch* request) {
    if (++calls_on_this_stack > 1) ++nested_calls;
    {
        const std::lock_guard lock(plugin_lock);
        auto& puppet = *static_cast<Puppet*>(self);
        puppet.change(MIDGE_CHANGED_ALL, "");
        puppet.complete(request->id, MIDGE_OK, "e30.e30.e30");
    }
    --calls_on_this_stack;
}

TEST_F(Requests, AreNeverMadeFromWithinAnAnswerOfThePlugin) {
    table_.fetch = &answer_at_once;
    constexpr int rounds = 100;
    std::promise<void> finished;
    std::function<void(int)> ask = [&](int left) {
        if (left == 0) return finished.set_value();
        resolver_->fetch(key_, [&, left](const Result<std::string>&) { ask(left - 1); });
    };
    next_puppet = &puppet_;
    auto made = PluginResolver::create(
        table_, {"{}", patience},
        [this](const AccountChange&) {
            // Also makes a request from the notice.
            resolver_->fetch(account_key(2), [](const Result<std::string>&) {});
        },
        log_);
    ASSERT_TRUE(made) << made.error().text;
    resolver_ = std::move(*made);
    nested_calls = 0;
    ask(rounds);
    EXPECT_EQ(finished.get_future().wait_for(patience), std::future_status::ready);
    resolver_->stop();
    EXPECT_EQ(nested_calls, 0);
}

}  // namespace
}  // namespace midge::test
