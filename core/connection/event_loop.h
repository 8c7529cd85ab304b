#pragma once
// One event loop with the connections it owns.
#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_map>
#include <vector>

#include "connection/settings.h"
#include "net/reactor.h"
#include "net/stream.h"
#include "routing/routing_lane.h"

namespace midge {

class Connection;
class ConnectionCounts;

// Owned by the broker. Everything but post(), adopt() and the callbacks of its bases happens on its
// own thread.
class EventLoop final : public OutboundOwner, public SubscriptionOwner {
  public:
    // The sizes of one read of a socket: usually, and for publishers that fill the buffer and have
    // few receivers.
    static constexpr size_t usual_read_bytes = 64 * 1024;
    static constexpr size_t read_bytes_max = 256 * 1024;

    // Loop `index`; the server routes with `lanes` lanes in all.
    EventLoop(unsigned index, unsigned lanes, ConnectionCounts& counts, Logger& log,
              std::unique_ptr<Poller> poller);
    ~EventLoop();

    void start(std::shared_ptr<const Settings> settings);
    // Closes the remaining connections as `server_shutdown` on the loop's thread, then ends it.
    void stop();

    // Any thread.
    void post(Task task) { reactor_.post(std::move(task)); }
    // Takes over a connection that the listener has accepted, or that the server has dialled
    // (`dialled`: the host). Any thread.
    void adopt(std::unique_ptr<Stream> stream, ListenerIndex listener, std::string dialled = {});
    void on_outbound_event(uint64_t connection_id, OutboundEvent event) override;
    void on_room(uint64_t connection_id, uint32_t wait_number) override;
    void on_subscription_spent(uint64_t connection_id, const std::string& sid) override;

    [[nodiscard]] unsigned index() noexcept { return lane_.outbound().index(); }
    // Loop's thread.
    [[nodiscard]] Reactor& reactor() noexcept { return reactor_; }
    [[nodiscard]] RoutingLane& lane() noexcept { return lane_; }
    [[nodiscard]] ConnectionCounts& counts() noexcept { return counts_; }
    [[nodiscard]] Logger& logger() noexcept { return log_; }
    [[nodiscard]] const Settings& settings() const noexcept { return *settings_; }
    void set_settings(std::shared_ptr<const Settings> settings);
    [[nodiscard]] char* read_buffer() noexcept { return read_buffer_.get(); }
    // Null: the connection does not exist any more.
    [[nodiscard]] Connection* find(uint64_t connection_id);
    // The open connections. A connection that closes meanwhile is destroyed at the end of the turn.
    [[nodiscard]] std::vector<Connection*> connections();
    // The same in parts, without a walk through all of them in one turn: each connection is at one
    // of so many places, and stays there until their number changes.
    [[nodiscard]] size_t places() const noexcept { return connections_.bucket_count(); }
    void visit_place(size_t place, const std::function<void(Connection&)>& visit);
    // Whether a TLS handshake may take another step in this turn. A step costs as much as thousands
    // of messages, so that only a few are made in each turn. If not, resume_handshake() of the
    // connection is called in a later turn, in the order of the calls.
    [[nodiscard]] bool take_handshake_step(uint64_t connection_id);
    // Commits what is staged at the end of this turn.
    void commit_at_turn_end();
    // Removes a closed connection; it is destroyed at the end of the turn.
    void retire(Connection& connection);

  private:
    static constexpr std::chrono::seconds sweep_interval{10};
    static constexpr int handshake_steps_per_turn = 4;
    void add(std::unique_ptr<Stream> stream, ListenerIndex listener, std::string dialled);
    void end_turn();
    void sweep();
    void begin_handshake_turn();
    void sweep_matches();

    ConnectionCounts& counts_;
    Logger& log_;
    Reactor reactor_;
    RoutingLane lane_;
    std::shared_ptr<const Settings> settings_;  // shared with the other loops
    std::unique_ptr<char[]> read_buffer_;
    std::unordered_map<uint64_t, std::unique_ptr<Connection>> connections_;
    std::vector<std::unique_ptr<Connection>> retired_;
    bool turn_end_scheduled_ = false;
    int handshake_steps_left_ = handshake_steps_per_turn;
    std::deque<uint64_t> waiting_handshakes_;  // ids of connections that wait for a step
    bool handshake_turn_posted_ = false;       // a task that allows new steps is posted
    std::thread thread_;
};

}  // namespace midge
