#pragma once
// A client of a script (C1, C2, ...): its connection, its received items, and its cleanup at the
// end.
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
    bool shows_pings = false;  // otherwise PINGs of the server are answered and not shown
    size_t cut_bytes = 0;      // the most bytes of a write; 0: as in the script
    bool tls = false;          // for clients without a `#tls` line
    bool websocket = false;
    bool compression = false;  // for WebSocket
};

// The result of an attempt to read an item.
struct Arrival {
    enum class What { item, closed, timed_out };
    What what;
    std::string item;
    // Returns a text for failure reports.
    [[nodiscard]] std::string describe() const;
};

// Owned by the Player that plays its script, on that player's thread.
class Client {
  public:
    Client(std::unique_ptr<Connection> connection, ClientOptions options)
        : connection_(std::move(connection)), options_(options) {}

    // Reads the INFO that the server sends first. A script may expect it; otherwise drop_greeting()
    // skips it.
    void read_greeting();
    void drop_greeting();
    // Returns a text or number of that INFO; empty without it.
    [[nodiscard]] std::string info(const std::string& member) const;

    void send(std::string_view bytes);
    // Returns the next item, the end of the connection, or the deadline. Bytes received before the
    // deadline are kept.
    [[nodiscard]] Arrival next();
    // Sends a PING, and returns everything received before its answer. Fails with the item received
    // instead of the answer.
    [[nodiscard]] Result<std::vector<std::string>> items_before_pong();
    // Closes this side, and waits until the server has closed its side.
    void close();
    [[nodiscard]] bool is_open() const { return !closed_; }
    // True while the last command has no line end yet.
    [[nodiscard]] bool in_mid_line() const { return mid_line_; }
    // Returns commands that end every subscription, so that the server has none when the next
    // script begins.
    [[nodiscard]] std::string unsubscribe_commands() const;

  private:
    [[nodiscard]] Arrival read_item();
    void remember_subscriptions(std::string_view bytes);

    std::unique_ptr<Connection> connection_;
    ClientOptions options_;
    ItemReader reader_;
    std::optional<Arrival> greeting_;
    std::string info_;  // JSON of the INFO
    std::set<std::string> sids_;
    bool mid_line_ = false;
    bool closed_ = false;
};

}  // namespace midge::wire
