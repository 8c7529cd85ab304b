#pragma once
// The measured phase of the throughput cases, which only sends and receives bytes.
#include <cstdint>
#include <string_view>
#include <vector>

#include "connection.h"
#include "measure.h"

namespace midge::load {

struct Sender {
    Connection connection;
    std::string_view buffer;  // whole frames, sent repeatedly; outlives the flow
    int64_t bytes = 0;        // total number of bytes to send
    int64_t sent = 0;
    bool paused = false;
};

struct Receiver {
    Connection connection;
    // Total number of bytes to receive; for a queue group, of all members together.
    int64_t bytes = 0;
    int64_t received = 0;
};

// Owned by a case. One thread serves all sockets. It counts the received bytes and only looks for
// PINGs in them.
class Flow {
  public:
    // The backlog at which senders pause. It is far below the 64 MB at which a server closes a
    // receiver, because the server is to be measured, and not this program.
    static constexpr int64_t behind_bytes_max = 16 * 1024 * 1024;

    explicit Flow(double timeout_seconds);

    void add(Sender sender) { senders_.push_back(std::move(sender)); }
    void add(Receiver receiver) { receivers_.push_back(std::move(receiver)); }
    // All receivers together get the bytes of one, distributed in any way.
    void share_among_receivers() { shared_ = true; }

    // Ends when all bytes are sent and received; without receivers, when the server has answered a
    // PING after the last message. Throws Failure if bytes are lost, too many are received, or the
    // time is over. Returns the measured phase.
    [[nodiscard]] Stopwatch run(pid_t server);

  private:
    void watch_all();
    void turn();
    void send_some(size_t index);
    void receive_some(Receiver& receiver);
    bool receive_once(Receiver& receiver);
    void pause_or_resume();
    [[nodiscard]] double progress() const;
    [[nodiscard]] bool done() const;
    void set_interest(size_t index, uint32_t events, int operation);
    void check_time();

    std::vector<Sender> senders_;
    std::vector<Receiver> receivers_;
    bool shared_ = false;
    double timeout_seconds_;
    Clock::time_point begin_;
    Socket epoll_;
    std::vector<char> scratch_;
    int64_t to_send_ = 0, sent_ = 0;
    int64_t to_receive_ = 0, received_ = 0;
    bool any_paused_ = false;
};

}  // namespace midge::load
