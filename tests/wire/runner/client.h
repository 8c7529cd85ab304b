#pragma once
// One client of a script (C1, C2, ...): a connection, what came in on it, and what must be tidied
// up at the end.
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "wire/runner/connection.h"
#include "wire/runner/item.h"

namespace midge::wire {

struct ClientOptions {
    std::chrono::milliseconds patience{10000};  // for each expected item
    bool shows_pings = false;                   // otherwise PINGs of the server are answered unseen
    size_t cut_bytes = 0;  // writes of at most so many bytes; 0: as the script says
    bool tls = false;      // of clients that the script says nothing of
    bool websocket = false;
    bool compression = false;  // of WebSocket
};

// What an attempt to read one item gave.
struct Arrival {
    enum class What { item, closed, timed_out };
    What what;
    std::string item;
    // For failure reports.
    [[nodiscard]] std::string describe() const;
};

// Owned by the Player that plays its script, on that player's thread.
class Client {
  public:
    Client(std::unique_ptr<Connection> connection, ClientOptions options)
        : connection_(std::move(connection)), options_(options) {}

    // Reads the INFO with which the server begins. A script may expect it first; otherwise
    // drop_greeting() skips it.
    void read_greeting();
    void drop_greeting();
    // A text or number in that INFO; empty without it.
    [[nodiscard]] std::string info(const std::string& member) const;

    void send(std::string_view bytes);
    // The next item, the end or the deadline; nothing is lost when time runs out.
    [[nodiscard]] Arrival next();
    // Everything before the answer to a PING sent now. Fails with what came instead of that answer.
    [[nodiscard]] Result<std::vector<std::string>> items_before_pong();
    // Closes our side and waits until the server has closed its own.
    void close();
    [[nodiscard]] bool is_open() const { return !closed_; }
    // True while the last command that was sent has no line end yet.
    [[nodiscard]] bool in_mid_line() const { return mid_line_; }
    // Ends every subscription, so that the server has forgotten them before the next script begins.
    [[nodiscard]] std::string unsubscribe_commands() const;

  private:
    [[nodiscard]] Arrival read_item();
    void remember_subscriptions(std::string_view bytes);

    std::unique_ptr<Connection> connection_;
    ClientOptions options_;
    ItemReader reader_;
    std::optional<Arrival> greeting_;
    std::string info_;  // its JSON
    std::set<std::string> sids_;
    bool mid_line_ = false;
    bool closed_ = false;
};

}  // namespace midge::wire
