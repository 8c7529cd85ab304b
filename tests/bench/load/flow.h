#pragma once
// The measured phase of the throughput cases: bytes out, bytes in, and nothing else.
#include <cstdint>
#include <string_view>
#include <vector>

#include "connection.h"
#include "measure.h"

namespace midge::load {

struct Sender {
    Connection connection;
    std::string_view buffer;  // whole frames, sent again and again; outlives the flow
    int64_t bytes = 0;        // to send in all
    int64_t sent = 0;
    bool paused = false;
};

struct Receiver {
    Connection connection;
    int64_t bytes = 0;  // to receive in all; for a queue group that of all members together
    int64_t received = 0;
};

// Owned by a case. One thread serves all sockets, and counts what comes in without a look at it
// except for PINGs.
class Flow {
  public:
    // What a receiver may be behind, well below the 64 MB at which a server cuts it off: how fast a
    // server is shall be measured, not whether this program is fast enough for it.
    static constexpr int64_t behind_bytes_max = 16 * 1024 * 1024;

    explicit Flow(double timeout_seconds);

    void add(Sender sender) { senders_.push_back(std::move(sender)); }
    void add(Receiver receiver) { receivers_.push_back(std::move(receiver)); }
    // All receivers together get the bytes of one, in whatever shares.
    void share_among_receivers() { shared_ = true; }

    // Ends when everything is sent and received to the byte, without receivers when the server has
    // answered a PING after the last message. Throws Failure when bytes are lost, too many come, or
    // time is up. Gives the measured phase.
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
