// From the bytes of a read to the bytes in the receivers' streams, without sockets and sessions.
#include <benchmark/benchmark.h>

#include "protocol/parser.h"
#include "routing/routing_lane.h"

namespace midge {
namespace {

constexpr size_t turn_bytes = 64 * 1024;  // one read of a session
constexpr size_t pending_bytes_max = 64 * 1024 * 1024;

// Takes all bytes immediately and discards them.
class SinkStream final : public Stream {
  public:
    [[nodiscard]] IoResult read(char*, size_t) override { return {IoResult::Kind::would_block}; }
    [[nodiscard]] IoResult write(const IoSlice* slices, size_t count) override {
        IoResult result;
        for (size_t i = 0; i < count; ++i) result.bytes += slices[i].size;
        return result;
    }
    void close() noexcept override {}
    [[nodiscard]] SocketHandle socket() const noexcept override { return no_socket; }
    [[nodiscard]] const PeerAddress& peer() const noexcept override { return peer_; }

  private:
    const PeerAddress peer_{.ip = "127.0.0.1", .port = 0};
};

struct NoOwner final : OutboundOwner {
    void on_outbound_event(uint64_t, OutboundEvent) override {}
    void on_room(uint64_t, uint32_t) override {}
};

// Publishes the messages that the parser finds, like a session.
class Producer {
  public:
    explicit Producer(Account& account)
        : origin_{.account = &account, .publisher = nullptr, .connection_id = 1} {}

    bool on_publish(const PublishCommand& message) {
        deliveries_ += lane_.publish(*origin_.account, message, origin_);
        return true;
    }
    static bool on_subscribe(const SubscribeCommand&) { return true; }
    static bool on_unsubscribe(std::string_view, int64_t) { return true; }
    static bool on_ping() { return true; }
    static bool on_pong() { return true; }
    static bool on_connect(std::string_view) { return true; }
    static bool on_client_error(std::string_view) { return true; }

    void end_turn() { lane_.commit(); }
    [[nodiscard]] size_t deliveries() const { return deliveries_; }

  private:
    NullLogger log_;
    RoutingLane lane_{0, 1, log_};
    const Origin origin_;
    size_t deliveries_ = 0;
};

std::string turn_of_pubs(size_t payload_bytes) {
    std::string frame = "PUB bench.data " + std::to_string(payload_bytes) + "\r\n";
    frame.append(payload_bytes, 'x').append("\r\n");
    std::string input;
    while (input.size() + frame.size() <= turn_bytes) input += frame;
    return input;
}

void publish(benchmark::State& state, const std::string& queue) {
    NoOwner owner;
    Account account("A", 1, false);
    for (int64_t i = 0; i < state.range(0); ++i) {
        const auto id = static_cast<uint64_t>(i + 2);
        ClientSubscription::Receiver client;
        client.target =
            make_ref<Outbound>(id, std::make_unique<SinkStream>(), owner, pending_bytes_max);
        client.connection_id = id;
        account.index().insert(make_ref<ClientSubscription>("bench.data", queue, "1", client));
    }
    const std::string input = turn_of_pubs(static_cast<size_t>(state.range(1)));
    const ParserLimits limits;
    Producer publisher(account);
    for (auto _ : state) {
        const ParseOutcome outcome = parse_commands(input, limits, publisher);
        if (outcome.consumed != input.size()) state.SkipWithError("not all was parsed");
        publisher.end_turn();
    }
    state.SetItemsProcessed(static_cast<int64_t>(publisher.deliveries()));
}

// Arguments: subscribers, payload bytes. Items are deliveries.
void route_to_each(benchmark::State& state) {
    publish(state, "");
}
BENCHMARK(route_to_each)
    ->Args({1, 16})
    ->Args({1, 128})
    ->Args({1, 4096})
    ->Args({10, 128})
    ->Args({100, 128});

void route_to_queue_group(benchmark::State& state) {
    publish(state, "workers");
}
BENCHMARK(route_to_queue_group)->Args({4, 128});

}  // namespace
}  // namespace midge
