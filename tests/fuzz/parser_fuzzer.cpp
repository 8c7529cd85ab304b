// Client protocol: any bytes, cut at any place, make the same calls as in one piece, and the parser
// never reads beyond the input.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "protocol/connect.h"
#include "protocol/parser.h"

namespace {

using midge::ParseStatus;

struct Recorder {
    std::string calls;
    bool note(std::initializer_list<std::string_view> words) {
        for (const std::string_view word : words) calls.append(word).push_back('\0');
        return true;
    }
    bool on_publish(const midge::PublishCommand& c) {
        check_rest(c);
        return note(
            {"pub", c.subject, c.reply, std::to_string(c.header_bytes), c.size_text, c.body});
    }
    // The bytes that are passed on must equal those that would be formatted.
    static void check_rest(const midge::PublishCommand& c) {
        if (c.rest.empty()) return;
        std::string expected = " ";
        if (!c.reply.empty()) expected.append(c.reply).append(" ");
        const size_t fixed = expected.size();
        expected.append(c.size_text).append("\r\n").append(c.body).append("\r\n");
        if (!c.has_header && c.rest != expected) std::abort();
        // The size of the header is as the client wrote it, for example "007".
        if (c.has_header && (!c.rest.starts_with(expected.substr(0, fixed)) ||
                             !c.rest.ends_with(expected.substr(fixed)))) {
            std::abort();
        }
    }
    bool on_subscribe(const midge::SubscribeCommand& c) {
        return note({"sub", c.subject, c.queue, c.sid});
    }
    bool on_unsubscribe(std::string_view sid, int64_t max) {
        return note({"unsub", sid, std::to_string(max)});
    }
    bool on_ping() { return note({"ping"}); }
    bool on_pong() { return note({"pong"}); }
    bool on_connect(std::string_view json) {
        midge::ConnectOptions options;
        (void)midge::read_connect(json, options);
        return note({"connect", json});
    }
    bool on_client_error(std::string_view text) { return note({"err", text}); }
};

struct Outcome {
    ParseStatus status = ParseStatus::need_more;
    std::string calls;
};

// Copies to memory of exactly this size, so that AddressSanitizer detects a read beyond it.
ParseStatus parse_exactly(const std::string& input, const midge::ParserLimits& limits,
                          Recorder& recorder, size_t& consumed) {
    const auto copy = std::make_unique<char[]>(input.size());
    std::copy(input.begin(), input.end(), copy.get());
    const auto outcome = midge::parse_commands({copy.get(), input.size()}, limits, recorder);
    if (outcome.consumed > input.size()) std::abort();
    consumed = outcome.consumed;
    return outcome.status;
}

Outcome feed(const std::vector<std::string>& pieces, const midge::ParserLimits& limits) {
    Recorder recorder;
    Outcome outcome;
    std::string rest;
    for (const std::string& piece : pieces) {
        rest += piece;
        size_t consumed = 0;
        outcome.status = parse_exactly(rest, limits, recorder, consumed);
        if (outcome.status != ParseStatus::need_more) break;
        rest.erase(0, consumed);
    }
    outcome.calls = std::move(recorder.calls);
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 2) return 0;
    midge::ParserLimits limits;
    limits.control_line_bytes_max = 64;
    limits.payload_bytes_max = 256;
    limits.headers = (data[0] & 1) != 0;
    limits.connect_required = (data[0] & 2) != 0;
    const std::string input(reinterpret_cast<const char*>(data + 2), size - 2);
    const size_t cut = input.empty() ? 0 : data[1] % (input.size() + 1);
    const Outcome whole = feed({input}, limits);
    const Outcome parts = feed({input.substr(0, cut), input.substr(cut)}, limits);
    if (whole.calls != parts.calls || whole.status != parts.status) std::abort();
    return 0;
}
