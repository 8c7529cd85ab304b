// midged is asked by its named pipe, and answers.
#include <windows.h>
// <windows.h> comes first
#include <aclapi.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <vector>

#include "base/windows_text.h"
#include "process_info.h"
#include "signal_pipe.h"
#include "signal_pipe_name.h"
#include "signal_queue.h"
#include "support/temp_folder.h"

namespace midge {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

uint32_t this_process() {
    return static_cast<uint32_t>(current_process_id());
}

class SignalPipeTest : public ::testing::Test {
  protected:
    SignalPipeTest() {
        // The queue is that of the process, and a test before this one may have left something.
        push_signal(ServiceSignal::reopen_log);
        while (waiter_->wait() != ServiceSignal::reopen_log) {
        }
    }
    // Asks this process, on a thread of its own.
    static std::future<Result<std::string>> ask(
        const std::string& question, std::chrono::milliseconds patience = std::chrono::minutes(1)) {
        return std::async(std::launch::async,
                          [=] { return ask_by_pipe(this_process(), question, patience); });
    }
    std::unique_ptr<SignalWaiter> waiter_ = std::make_unique<SignalWaiter>();
};

TEST_F(SignalPipeTest, each_question_gets_its_outcome) {
    auto asked = ask("reload");
    EXPECT_EQ(waiter_->wait(), ServiceSignal::reload);
    waiter_->answer(std::string("reloaded"));
    const auto reloaded = asked.get();
    ASSERT_TRUE(reloaded) << reloaded.error().text;
    EXPECT_EQ(*reloaded, "reloaded");

    asked = ask("diff");
    EXPECT_EQ(waiter_->wait(), ServiceSignal::diff);
    waiter_->answer(fail(Errc::invalid, "server.conf:1:1: bad"));
    const auto refused = asked.get();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().text, "server.conf:1:1: bad");
}

TEST_F(SignalPipeTest, a_long_answer_is_cut) {
    auto asked = ask("diff");
    EXPECT_EQ(waiter_->wait(), ServiceSignal::diff);
    waiter_->answer(std::string(100'000, 'x'));
    const auto answer = asked.get();
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(*answer, std::string(65'535, 'x'));
}

TEST_F(SignalPipeTest, a_plain_signal_in_between_is_not_answered) {
    auto asked = ask("reload");
    EXPECT_EQ(waiter_->wait(), ServiceSignal::reload);
    waiter_->answer(std::string("the first"));
    EXPECT_EQ(asked.get().value(), "the first");
    push_signal(ServiceSignal::reload);
    EXPECT_EQ(waiter_->wait(), ServiceSignal::reload);
    waiter_->answer(std::string("nobody has asked"));
    asked = ask("reload");
    EXPECT_EQ(waiter_->wait(), ServiceSignal::reload);
    waiter_->answer(std::string("the second"));
    EXPECT_EQ(asked.get().value(), "the second");
}

TEST_F(SignalPipeTest, who_gets_no_answer_in_time_says_so) {
    const auto answer = ask("reload", std::chrono::milliseconds(1)).get();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Errc::timeout);
    EXPECT_THAT(answer.error().text, HasSubstr("no answer after "));
}

TEST_F(SignalPipeTest, who_asks_a_process_that_ends_does_not_wait_long) {
    auto asked = ask("reload");
    EXPECT_EQ(waiter_->wait(), ServiceSignal::reload);
    waiter_.reset();
    const auto answer = asked.get();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Errc::unavailable);
    EXPECT_EQ(answer.error().text, "it has ended meanwhile");
}

TEST_F(SignalPipeTest, a_process_that_is_no_midged_has_no_pipe) {
    waiter_.reset();
    const auto answer = ask("reload").get();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Errc::not_found);
}

TEST_F(SignalPipeTest, only_the_system_administrators_and_the_own_user_may_open_it) {
    const SystemHandle pipe(::CreateFileW(to_wide(signal_pipe_name(this_process())).c_str(),
                                          READ_CONTROL, 0, nullptr, OPEN_EXISTING, 0, nullptr));
    ASSERT_NE(pipe.get(), INVALID_HANDLE_VALUE) << ::GetLastError();
    ACL* list = nullptr;
    void* made = nullptr;
    ASSERT_EQ(::GetSecurityInfo(pipe.get(), SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, nullptr,
                                nullptr, &list, nullptr, &made),
              DWORD{ERROR_SUCCESS});
    const SystemMemory<void> descriptor(made);
    ASSERT_NE(list, nullptr) << "everybody may open it";
    std::vector<std::string> allowed;
    for (DWORD i = 0; i < list->AceCount; ++i) {
        void* entry = nullptr;
        ASSERT_NE(::GetAce(list, i, &entry), 0);
        auto* const rule = static_cast<ACCESS_ALLOWED_ACE*>(entry);
        ASSERT_EQ(rule->Header.AceType, ACCESS_ALLOWED_ACE_TYPE);
        allowed.push_back(sid_text(&rule->SidStart).value());
    }
    EXPECT_THAT(allowed, UnorderedElementsAre("S-1-5-18", "S-1-5-32-544", own_sid().value()));
}

TEST_F(SignalPipeTest, a_pid_file_names_the_process_too) {
    const test::TempFolder folder;
    const std::string file = folder.write("midged.pid", std::to_string(this_process()));
    auto sent =
        std::async(std::launch::async, [&] { return send_signal("midged", "diff=" + file); });
    EXPECT_EQ(waiter_->wait(), ServiceSignal::diff);
    waiter_->answer(std::string("would change: nothing"));
    EXPECT_EQ(sent.get().value(), fmt::format("process {} would change: nothing", this_process()));
    (void)folder.write("midged.pid", "nothing");
    EXPECT_EQ(send_signal("midged", "diff=" + file).error().text, "invalid pid: nothing");
}

}  // namespace
}  // namespace midge
