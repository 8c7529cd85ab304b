// The runner with a server that answers from a list: right answers pass, and each kind of wrong
// answer fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "wire/runner/item.h"
#include "wire/runner/pattern.h"
#include "wire/runner/player.h"
#include "wire/runner/script.h"
#include "wire/runner/text.h"

namespace midge::wire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* info =
    "INFO {\"nonce\":\"abc\",\"max_payload\":10,\"list\":[1,2],\"deep\":{\"a\":1,\"b\":2}} \r\n";
constexpr const char* hang_up = "(hang up)";

// Answers each line that it knows, and always PING.
class AnsweringConnection final : public Connection {
  public:
    explicit AnsweringConnection(std::map<std::string, std::string> answers)
        : answers_(std::move(answers)) {}

    void send(std::string_view bytes) override {
        if (closed_) return;
        input_ += bytes;
        for (size_t end = input_.find("\r\n"); !closed_ && end != std::string::npos;
             end = input_.find("\r\n")) {
            answer(input_.substr(0, end));
            input_.erase(0, end + 2);
        }
    }
    Received receive(Clock::time_point) override {
        if (!output_.empty()) return {Received::What::bytes, std::exchange(output_, {})};
        return {closed_ ? Received::What::closed : Received::What::timed_out, {}};
    }
    void finish_sending() override { closed_ = true; }

  private:
    void answer(const std::string& line) {
        const auto known = answers_.find(line);
        if (known != answers_.end() && known->second == hang_up)
            closed_ = true;
        else if (known != answers_.end())
            output_ += known->second;
        else if (line == "PING")
            output_ += "PONG\r\n";
    }

    std::map<std::string, std::string> answers_;
    std::string input_;
    std::string output_ = info;
    bool closed_ = false;
};

class AnsweringDialer final : public Dialer {
  public:
    explicit AnsweringDialer(std::map<std::string, std::string> answers)
        : answers_(std::move(answers)) {}
    Result<std::unique_ptr<Connection>> connect(const Opening& /*opening*/) override {
        return std::make_unique<AnsweringConnection>(answers_);
    }

  private:
    std::map<std::string, std::string> answers_;
};

std::optional<Failure> play(const std::string& steps,
                            const std::map<std::string, std::string>& answers) {
    const auto script = parse_script("test.wire", "# test: why\n" + steps);
    if (!script) return Failure{0, "", "a script", script.error().text};
    AnsweringDialer dialer(answers);
    return Player(*script, dialer, {}, 1000).play();
}

std::string got(const std::optional<Failure>& failure) {
    return failure ? failure->got : "(passed)";
}

Lookup no_values() {
    return [](std::string_view) { return fail("no value"); };
}

bool matches(std::string_view pattern, std::string_view item) {
    const auto parsed = Pattern::parse(pattern, no_values());
    return parsed && parsed->matches(item);
}

TEST(Player, PassesWhenEveryItemComesAsWritten) {
    EXPECT_EQ(got(play("C1> A   B\nC1< one   MSG s 1 2 hi",
                       {{"A", "one\r\n"}, {"B", "MSG s 1 2\r\nhi\r\n"}})),
              "(passed)");
}

TEST(Player, SaysLineClientExpectedAndGot) {
    const auto failure = play("C1> A\nC1< one\nC1< two", {{"A", "one\r\nthree\r\n"}});
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->line, 4);
    EXPECT_EQ(failure->client, "C1");
    EXPECT_EQ(failure->expected, "two");
    EXPECT_EQ(failure->got, "three");
}

TEST(Player, FailsWhenNothingComes) {
    EXPECT_EQ(got(play("C1> A\nC1< one", {})), "(nothing)");
}

TEST(Player, FailsWhenTheConnectionEndsEarly) {
    EXPECT_EQ(got(play("C1> A\nC1< one", {{"A", hang_up}})), "(the connection was closed)");
}

TEST(Player, FailsWhenMoreComesThanExpected) {
    EXPECT_EQ(got(play("C1> A\nC1< one", {{"A", "one\r\ntwo\r\n"}})), "two");
}

TEST(Player, FailsWhenTheConnectionIsClosedAfterTheLastStep) {
    EXPECT_THAT(got(play("C1> A", {{"A", hang_up}})), HasSubstr("closed"));
}

TEST(Player, ClosedMeansClosedWithNothingBefore) {
    EXPECT_EQ(got(play("C1> A\nC1<! closed", {{"A", hang_up}})), "(passed)");
    EXPECT_EQ(got(play("C1> A\nC1<! closed", {{"A", "one\r\n"}})), "one");
    EXPECT_EQ(got(play("C1> A\nC1<! closed", {})), "(nothing)");
    EXPECT_EQ(got(play("C1> A   B\nC1<! closed at last", {{"A", "one\r\n"}, {"B", hang_up}})),
              "(passed)");
}

TEST(Player, SilentFailsWhenSomethingCame) {
    EXPECT_EQ(got(play("C1> A\nC1<! silent", {})), "(passed)");
    EXPECT_EQ(got(play("C1> A\nC1<! silent", {{"A", "one\r\n"}})), "one");
}

TEST(Player, AnyOrderTakesEachItemOnce) {
    const std::map<std::string, std::string> answers{{"A", "two\r\none\r\n"}};
    EXPECT_EQ(got(play("C1> A\nC1<* one   two", answers)), "(passed)");
    EXPECT_EQ(got(play("C1> A\nC1<* one   one", answers)), "two");
}

TEST(Player, SharedItemsComeToExactlyOneClient) {
    const std::map<std::string, std::string> answers{{"A", "job\r\n"}};
    EXPECT_EQ(got(play("C1> A\nC1|C2< job", answers)), "(passed)");
    EXPECT_EQ(got(play("C1> A\nC2> A\nC1|C2< job", answers)), "C2: job");
    EXPECT_EQ(got(play("C1> B\nC1|C2< job", answers)), "1 of them at none");
    EXPECT_EQ(got(play("C1> A\nC2> A\nC1&C2<2 job", answers)), "(passed)");
    EXPECT_EQ(got(play("C1> A   A\nC1&C2<2 job", answers)), "nothing for C2");
}

TEST(Player, AnswersPingsUnseenUnlessTheyAreShown) {
    const std::map<std::string, std::string> answers{{"A", "PING\r\n"}, {"PONG", "one\r\n"}};
    EXPECT_EQ(got(play("C1> A\nC1< one", answers)), "(passed)");
    EXPECT_EQ(got(play("#pings: shown\nC1> A\nC1< PING\nC1> PONG\nC1< one", answers)), "(passed)");
}

TEST(Player, PutsTheLineEndBetweenCommandAndPayload) {
    EXPECT_EQ(got(play("C1> PUB a 2 hi\nC1< ok", {{"hi", "ok\r\n"}})), "(passed)");
    EXPECT_EQ(got(play("C1> PUB a r 2 hi\nC1< ok", {{"PUB a r 2", "ok\r\n"}})), "(passed)");
    EXPECT_EQ(got(play("C1> HPUB a 1 3 hey\nC1< ok", {{"HPUB a 1 3", "ok\r\n"}})), "(passed)");
    EXPECT_EQ(got(play("C1> PUB a 0\nC1< ok", {{"", "ok\r\n"}})), "(passed)");
    EXPECT_EQ(got(play("C1> PUB a -1\nC1< ok", {{"PUB a -1", "ok\r\n"}})), "(passed)");
}

TEST(Player, GivesTheNonceOfTheGreeting) {
    EXPECT_EQ(got(play("C1> SAY ${nonce}\nC1< ok", {{"SAY abc", "ok\r\n"}})), "(passed)");
    EXPECT_THAT(got(play("C1> SAY ${nonce C2}\nC1< ok", {})), HasSubstr("C2 is not connected"));
}

TEST(Player, KeepsTheGroupsOfTheLastRegularExpressionThatHasAny) {
    const std::map<std::string, std::string> answers{
        {"A", "see x1y z\r\n"}, {"B", "plain\r\n"}, {"C x1y z", "done x1y\r\n"}};
    EXPECT_EQ(got(play("C1> A\nC1<~ see (\\S+) (.)\nC1> B\nC1<~ pl.*\n"
                       "C1> C ${1} ${2}\nC1< done ${1}",
                       answers)),
              "(passed)");
    EXPECT_THAT(got(play("C1> A\nC1<~ see (\\S+) .\nC1> C ${2}", answers)),
                HasSubstr("groups has 1"));
    EXPECT_EQ(got(play("C1> A\nC1<~ see (\\d+) .", answers)), "see x1y z");
}

TEST(Pattern, MatchesTextExactly) {
    EXPECT_TRUE(matches("MSG a 1 2 hi", "MSG a 1 2 hi"));
    EXPECT_FALSE(matches("MSG a 1 2 hi", "MSG a 1 2 hi!"));
    EXPECT_FALSE(matches("MSG a 1 2 hi", "MSG a 1 2"));
    EXPECT_TRUE(matches("a\\r\\n\\x41\\\\", "a\r\nA\\"));
}

TEST(Pattern, WildcardsStandForWordsDigitsOrAnything) {
    EXPECT_TRUE(matches("MSG ${*} ${int} 0", "MSG a.b 12 0"));
    EXPECT_FALSE(matches("MSG ${*} 0", "MSG a b 0"));
    EXPECT_FALSE(matches("MSG a ${int} 0", "MSG a x1 0"));
    EXPECT_TRUE(matches("${**}end", "any thing\r\nend"));
    EXPECT_FALSE(matches("MSG ${*}", "MSG "));
}

TEST(Pattern, ComparesOnlyTheNamedMembersOfInfo) {
    const std::string_view item(info, std::string_view(info).size() - 2);
    EXPECT_TRUE(matches("INFO {\"max_payload\":10}", item));
    EXPECT_FALSE(matches("INFO {\"max_payload\":11}", item));
    EXPECT_FALSE(matches("INFO {\"max_payload\":\"10\"}", item));
    EXPECT_TRUE(matches("INFO {\"nonce\":\"a${*}\",\"deep\":{\"b\":2},\"list\":[1,2]}", item));
    EXPECT_FALSE(matches("INFO {\"list\":[1]}", item));
    EXPECT_TRUE(matches("INFO {\"missing\":null}", item));
    EXPECT_FALSE(matches("INFO {\"nonce\":null}", item));
    EXPECT_FALSE(matches("INFO {\"missing\":1}", item));
    EXPECT_FALSE(matches("INFO {}", "-ERR 'x'"));
}

TEST(Text, ExpandsRepetitionsEscapesAndCuts) {
    EXPECT_EQ(expand("<${3*ab}>", Escapes::interpreted, no_values()).value_or("?"), "<ababab>");
    EXPECT_EQ(expand("${2*a${2*\\x62}\\n}", Escapes::interpreted, no_values()).value_or("?"),
              "abb\nabb\n");
    EXPECT_EQ(expand("a\\n$b {c}", Escapes::untouched, no_values()).value_or("?"), "a\\n$b {c}");
    const auto writes = expand_writes("P\\|UB", no_values());
    ASSERT_TRUE(writes);
    EXPECT_THAT(*writes, ElementsAre("P", "UB"));
    EXPECT_FALSE(expand("\\q", Escapes::interpreted, no_values()));
    EXPECT_FALSE(expand("${3*a", Escapes::interpreted, no_values()));
    EXPECT_FALSE(expand("${what}", Escapes::interpreted, no_values()));
}

TEST(ItemReader, WaitsForTheWholePayload) {
    ItemReader reader;
    reader.feed("PONG\r\nHMSG a 1 3 5\r\nab");
    EXPECT_EQ(reader.next(), "PONG");
    EXPECT_EQ(reader.next(), std::nullopt);
    reader.feed("cde\r\nMSG a 1 0\r\n\r\n");
    EXPECT_EQ(reader.next(), "HMSG a 1 3 5 abcde");
    EXPECT_EQ(reader.next(), "MSG a 1 0");
    EXPECT_EQ(reader.take_rest(), "");
}

TEST(Script, ErrorsNameFileLineAndWhatIsExpected) {
    const auto error = [](const std::string& text) {
        const auto script = parse_script("x.wire", text);
        return script ? "(parsed)" : script.error().text;
    };
    EXPECT_THAT(error("C1> PING"), HasSubstr("x.wire:1: expected \"# title: why\""));
    EXPECT_THAT(error("# t: w\nhello"), HasSubstr("x.wire:2: expected a line such as"));
    EXPECT_THAT(error("# t: w\n#colour: red"), HasSubstr("x.wire:2: unknown header"));
    EXPECT_THAT(error("# t: w\nC1<! sometimes"), HasSubstr("x.wire:2: expected C1<! closed"));
    EXPECT_THAT(error("# t: w\nC1|C2> PING"), HasSubstr("x.wire:2: several clients"));
    EXPECT_THAT(error("# t: w\n#only: midged\nC1> PING"),
                HasSubstr("#only needs a line \"#differs: reason\""));
    EXPECT_THAT(error("# t: w"), HasSubstr("no steps"));
}

}  // namespace
}  // namespace midge::wire
