#include "protocol/parser.h"

#include <gtest/gtest.h>

#include <vector>

namespace midge {
namespace {

// Records the calls of the parser.
struct Recorder {
    std::vector<std::string> calls;
    bool go_on = true;

    bool note(std::string call) {
        calls.push_back(std::move(call));
        return go_on;
    }
    static std::string text(std::string_view view) { return std::string(view); }
    bool on_publish(const PublishCommand& c) {
        return note((c.has_header ? "hpub " : "pub ") + text(c.subject) + "|" + text(c.reply) +
                    "|" + std::to_string(c.header_bytes) + "|" + text(c.size_text) + "|" +
                    text(c.body));
    }
    bool on_subscribe(const SubscribeCommand& c) {
        return note("sub " + text(c.subject) + "|" + text(c.queue) + "|" + text(c.sid));
    }
    bool on_unsubscribe(std::string_view sid, int64_t max) {
        return note("unsub " + text(sid) + "|" + std::to_string(max));
    }
    bool on_ping() { return note("ping"); }
    bool on_pong() { return note("pong"); }
    bool on_connect(std::string_view json) { return note("connect " + text(json)); }
    bool on_client_error(std::string_view error) { return note("err " + text(error)); }
};

struct Outcome {
    ParseStatus status;
    std::vector<std::string> calls;
};

// Feeds `input` in pieces, like a session: unconsumed bytes come again with the next piece.
Outcome feed(const std::vector<std::string>& pieces, ParserLimits limits = {}) {
    Recorder recorder;
    std::string rest;
    ParseOutcome outcome;
    for (const std::string& piece : pieces) {
        rest += piece;
        outcome = parse_commands(rest, limits, recorder);
        if (outcome.status != ParseStatus::need_more) break;
        rest.erase(0, outcome.consumed);
    }
    return {outcome.status, recorder.calls};
}

Outcome feed(const std::string& input, ParserLimits limits = {}) {
    return feed(std::vector<std::string>{input}, limits);
}

ParserLimits with_headers() {
    ParserLimits limits;
    limits.headers = true;
    return limits;
}

TEST(Parser, understands_every_operation) {
    const auto outcome = feed(
        "CONNECT {\"a\":1}\r\nPUB foo 5\r\nhello\r\nPUB foo inbox 0\r\n\r\nHPUB a b 3 "
        "5\r\nxyzab\r\nSUB a 1\r\n"
        "SUB a q 2\r\nUNSUB 1\r\nUNSUB 2 7\r\nPING\r\nPONG\r\n+OK\r\nINFO {}\r\n-ERR 'x'\r\n",
        with_headers());
    EXPECT_EQ(outcome.status, ParseStatus::need_more);
    EXPECT_EQ(outcome.calls, (std::vector<std::string>{"connect {\"a\":1}", "pub foo||0|5|hello",
                                                       "pub foo|inbox|0|0|", "hpub a|b|3|5|xyzab",
                                                       "sub a||1", "sub a|q|2", "unsub 1|0",
                                                       "unsub 2|7", "ping", "pong", "err 'x'"}));
}

TEST(Parser, gives_the_same_calls_wherever_the_input_is_cut) {
    const std::string input =
        "connect {}\nPUB\tfoo  5\r\nhello\r\nHPUB a b 3 5\r\nxyzab\r\n SUB a 1\r\n";
    const std::string valid =
        "connect {}\nPUB\tfoo  5\r\nhello\r\nHPUB a b 3 5\r\nxyzab\r\nSUB a 1\r\nUNSUB 1 "
        "3\r\nPING\r\n";
    for (const std::string& text : {valid, input}) {
        const auto whole = feed(text, with_headers());
        for (size_t first = 0; first <= text.size(); ++first) {
            for (size_t second = first; second <= text.size(); second += 7) {
                const auto cut = feed({text.substr(0, first), text.substr(first, second - first),
                                       text.substr(second)},
                                      with_headers());
                EXPECT_EQ(cut.calls, whole.calls) << "cut at " << first << " and " << second;
                EXPECT_EQ(cut.status, whole.status) << "cut at " << first << " and " << second;
            }
        }
        std::vector<std::string> bytes;
        for (const char c : text) bytes.emplace_back(1, c);
        EXPECT_EQ(feed(bytes, with_headers()).calls, whole.calls);
    }
}

TEST(Parser, refuses_what_is_no_operation_at_the_first_byte_that_shows_it) {
    for (const char* input :
         {"GET / HTTP/1.1\r\n", "X", "PUX", "\r\n", " PING\r\n", "\x16\x03\x01", "MSG a 1 2\r\n",
          "RS+ a\r\n", "SUBx", "PUB\r\n", "-ERR\r\n", "HPUBx"}) {
        EXPECT_EQ(feed(input).status, ParseStatus::unknown_operation) << input;
    }
    for (const char* input : {"P", "PU", "PUB", "U", "CONNEC", "-", "+", "H"}) {
        EXPECT_EQ(feed(input).status, ParseStatus::need_more) << input;
    }
}

TEST(Parser, closes_without_a_word_on_bad_arguments) {
    for (const char* input : {"PUB foo\r\n", "PUB foo bar baz 5\r\n", "PUB foo -1\r\n",
                              "PUB foo 5x\r\n", "PUB foo +5\r\n", "PUB foo 1234567890\r\n",
                              "PUB \r\n", "HPUB foo 5\r\n", "HPUB foo 6 5\r\n", "HPUB foo a 5\r\n",
                              "SUB a\r\n", "SUB a b c d\r\n", "UNSUB \r\n", "UNSUB 1 2 3\r\n"}) {
        const auto outcome = feed(input, with_headers());
        EXPECT_EQ(outcome.status, ParseStatus::bad_arguments) << input;
        EXPECT_TRUE(outcome.calls.empty()) << input;
    }
}

std::string log_text(std::string_view input) {
    Recorder recorder;
    return parse_commands(input, with_headers(), recorder).detail;
}

TEST(Parser, names_the_function_and_the_arguments_in_the_log_text) {
    EXPECT_EQ(log_text("PUB foo\r\n"), "processPub Parse Error: \"foo\"");
    EXPECT_EQ(log_text("PUB foo x\r\n"), "processPub Bad or Missing Size: \"foo x\"");
    EXPECT_EQ(log_text("HPUB a x 1\r\n"), "processHeaderPub Bad or Missing Header Size: \"a x 1\"");
    EXPECT_EQ(log_text("HPUB a 1 x\r\n"), "processHeaderPub Bad or Missing Total Size: \"a 1 x\"");
    EXPECT_EQ(log_text("HPUB a 2 1\r\n"),
              "processHeaderPub Header Size larger then TotalSize: \"a 2 1\"");
    EXPECT_EQ(log_text("SUB a\r\n"), "processSub Parse Error: \"a\"");
    EXPECT_EQ(log_text("UNSUB \r\n"), "processUnsub Parse Error: \"\\r\"");
    EXPECT_EQ(log_text("INFO x\r\n"), "invalid character 'x' looking for beginning of value");
}

TEST(Parser, tells_the_log_where_what_is_no_command_goes_wrong) {
    const auto at = [](int state, int index, const std::string& text) {
        return "Client parser ERROR, state=" + std::to_string(state) +
               ", i=" + std::to_string(index) + ": proto='\"" + text + "\"...'";
    };
    EXPECT_EQ(log_text("BOGUS\r\n"), at(0, 0, "BOGUS\\r"));
    EXPECT_EQ(log_text("PING\r\n" + std::string(100, 'x')), at(0, 6, std::string(32, 'x')));
    EXPECT_EQ(log_text("X"), at(0, 0, ""));
    EXPECT_EQ(log_text("P!\r\n"), at(29, 1, "!\\r"));
    EXPECT_EQ(log_text("PI!\r\n"), at(34, 2, "!\\r"));
    EXPECT_EQ(log_text("PON!\r\n"), at(38, 3, "!\\r"));
    EXPECT_EQ(log_text("hpub!\r\n"), at(21, 4, "!\\r"));
    EXPECT_EQ(log_text("SUB\r\n"), at(45, 3, "\\r"));
    EXPECT_EQ(log_text("UNSU!\r\n"), at(62, 4, "!\\r"));
    EXPECT_EQ(log_text("-ERR!\r\n"), at(7, 4, "!\\r"));
    EXPECT_EQ(log_text("PUB a 1\r\nabc\r\n"), at(41, 10, "bc\\r"));
    EXPECT_EQ(log_text("PUB a 1\r\na\rbc\r\n"), at(42, 11, "bc\\r"));
    EXPECT_EQ(log_text("CONECT {\"pass\":\"secret\"}\r\n"),
              at(12, 3, "ECT {\\\"pass\\\":\\\"[REDACTED]\\\"}\\r"));
}

TEST(Parser, divides_arguments_of_subscriptions_at_line_ends_too) {
    EXPECT_EQ(feed("SUB a\r1\r\n").calls, std::vector<std::string>{"sub a||1"});
    EXPECT_EQ(feed("SUB \na 1\r\nUNSUB \n1\r\n").calls,
              (std::vector<std::string>{"sub a||1", "unsub 1|0"}));
    EXPECT_EQ(feed("SUB \n").status, ParseStatus::need_more);
    EXPECT_EQ(feed("CONNECT\n{}\r\n").calls, std::vector<std::string>{"connect \n{}"});
    EXPECT_EQ(feed("PUB a\r1\r\n").status, ParseStatus::bad_arguments);
    // A line feed in a subject would break the line that receivers get.
    EXPECT_EQ(feed("PUB \na 1\r\n").status, ParseStatus::bad_arguments);
    ParserLimits limits;
    limits.control_line_bytes_max = 10;
    EXPECT_EQ(feed("SUB \n" + std::string(11, 'a'), limits).status, ParseStatus::line_too_long);
}

TEST(Parser, drops_the_byte_before_the_line_feed_behind_a_carriage_return_anywhere) {
    EXPECT_EQ(feed("SUB a\r12\n").calls, std::vector<std::string>{"sub a||1"});
    EXPECT_EQ(feed("SUB a 12\n").calls, std::vector<std::string>{"sub a||12"});
}

TEST(Parser, wants_crlf_behind_a_payload) {
    EXPECT_EQ(feed("PUB foo 2\r\nhi\n").status, ParseStatus::unknown_operation);
    EXPECT_EQ(feed("PUB foo 2\r\nhixx").status, ParseStatus::unknown_operation);
    EXPECT_EQ(feed("PUB foo 2\r\nhi\rx").status, ParseStatus::unknown_operation);
    EXPECT_EQ(feed("PUB foo 2\r\nhi\r").status, ParseStatus::need_more);
}

TEST(Parser, says_how_long_an_incomplete_message_is) {
    Recorder recorder;
    const auto outcome = parse_commands("PING\r\nPUB foo 100\r\nabc", ParserLimits{}, recorder);
    EXPECT_EQ(outcome.consumed, 6U);
    EXPECT_EQ(outcome.wanted, std::string("PUB foo 100\r\n").size() + 102);
}

TEST(Parser, holds_the_limits) {
    ParserLimits limits;
    limits.control_line_bytes_max = 10;
    limits.payload_bytes_max = 4;
    EXPECT_EQ(feed("SUB 1234567 1\r\n", limits).status, ParseStatus::need_more);
    EXPECT_EQ(feed("SUB 123456789 1\r\n", limits).status, ParseStatus::line_too_long);
    EXPECT_EQ(feed("SUB 123456789012", limits).status, ParseStatus::line_too_long)
        << "also before its end is there";
    EXPECT_EQ(feed("PUB a 5\r\n", limits).status, ParseStatus::payload_too_big)
        << "before the payload is there";
    EXPECT_EQ(feed("PUB a 4\r\nabcd\r\n", limits).calls.size(), 1U);
    limits.payload_bytes_max = -1;
    EXPECT_EQ(feed("PUB a 5\r\nabcde\r\n", limits).calls.size(), 1U);
}

TEST(Parser, takes_only_connect_first_where_a_login_is_required) {
    ParserLimits limits;
    limits.connect_required = true;
    for (const char* input : {"PING\r\n", "P", "SUB a 1\r\n", "\r\n", "+OK\r\n"}) {
        EXPECT_EQ(feed(input, limits).status, ParseStatus::connect_expected) << input;
    }
    EXPECT_EQ(feed("COX", limits).status, ParseStatus::unknown_operation);
    EXPECT_EQ(feed("connect {}\r\n", limits).calls, std::vector<std::string>{"connect {}"});
}

TEST(Parser, refuses_hpub_without_headers) {
    EXPECT_EQ(feed("HPUB a 3 5\r\n").status, ParseStatus::headers_unsupported);
}

TEST(Parser, stops_where_a_handler_says_so_and_keeps_the_rest) {
    Recorder recorder;
    recorder.go_on = false;
    const auto outcome = parse_commands("PING\r\nPONG\r\n", ParserLimits{}, recorder);
    EXPECT_EQ(outcome.status, ParseStatus::stopped);
    EXPECT_EQ(outcome.consumed, 6U);
    EXPECT_EQ(recorder.calls, std::vector<std::string>{"ping"});
}

}  // namespace
}  // namespace midge
