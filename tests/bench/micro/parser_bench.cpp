#include <benchmark/benchmark.h>

#include "protocol/parser.h"

namespace midge {
namespace {

constexpr size_t input_bytes = 64 * 1024;  // one read of a session

struct Counter {
    size_t messages = 0;
    size_t bytes = 0;
    bool on_publish(const PublishCommand& command) {
        ++messages;
        bytes += command.body.size();
        return true;
    }
    static bool on_subscribe(const SubscribeCommand&) { return true; }
    static bool on_unsubscribe(std::string_view, int64_t) { return true; }
    static bool on_ping() { return true; }
    static bool on_pong() { return true; }
    static bool on_connect(std::string_view) { return true; }
    static bool on_client_error(std::string_view) { return true; }
};

// The counted items are messages.
void parse_pubs(benchmark::State& state) {
    const auto payload_bytes = static_cast<size_t>(state.range(0));
    std::string frame = "PUB bench.data " + std::to_string(payload_bytes) + "\r\n";
    frame.append(payload_bytes, 'x').append("\r\n");
    std::string input;
    while (input.size() + frame.size() <= input_bytes) input += frame;

    Counter counter;
    const ParserLimits limits;
    for (auto _ : state) {
        const ParseOutcome outcome = parse_commands(input, limits, counter);
        if (outcome.consumed != input.size()) state.SkipWithError("not all was parsed");
        benchmark::DoNotOptimize(counter.bytes);
    }
    state.SetItemsProcessed(static_cast<int64_t>(counter.messages));
}
BENCHMARK(parse_pubs)->Arg(16)->Arg(128)->Arg(4096);

}  // namespace
}  // namespace midge
