#pragma once
// A client connection to a server through libnats. Errors are values, with the texts of the Go
// client, which scripts and people know.
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "connect_settings.h"
#include "message.h"
#include "nats_handles.h"

namespace midge::cli {

// Called on threads of libnats, but not after the Connection is destroyed. Empty functions are not
// called.
struct ConnectionCallbacks {
    std::function<void(std::string_view reason)> disconnected;
    std::function<void(std::string_view url)> reconnected;
    std::function<void(std::string_view text)> error;
    // Called when the server, or the end of all reconnects, has ended the connection; not called
    // for close() by this program.
    std::function<void(std::string_view reason)> closed;
};

class Connection {
  public:
    using Handler = std::function<void(Message)>;

    // Fails with the Go client's text, for example "nats: authorization violation".
    [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const ConnectSettings& settings,
                                                                  ConnectionCallbacks callbacks);
    // Closes the connection. Returns after the last callback and handler have ended.
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] Result<> publish(const Message& message);
    // Waits until the server has processed all messages. Fails if it has refused any of them
    // (permissions), or does not answer.
    [[nodiscard]] Result<> flush();

    // `handler` runs on a thread of this subscription, for one message at a time. An empty `queue`
    // means a plain subscription.
    [[nodiscard]] Result<SubscriptionHandle> subscribe(const std::string& subject,
                                                       const std::string& queue, Handler handler);
    // Makes a subscription for next().
    [[nodiscard]] Result<SubscriptionHandle> subscribe(const std::string& subject);
    // Fails with Errc::timeout after `wait`, and with Errc::unavailable if the server reports that
    // there are no responders.
    [[nodiscard]] Result<Message> next(SubscriptionHandle& subscription,
                                       std::chrono::milliseconds wait);

    // Stops new messages, waits for the handlers of current ones, and closes.
    [[nodiscard]] Result<> drain();

    // Returns a new subject for replies.
    [[nodiscard]] std::string new_inbox() const;
    [[nodiscard]] bool headers_supported() const;

  private:
    Connection(const ConnectSettings& settings, ConnectionCallbacks callbacks)
        : settings_(settings), callbacks_(std::move(callbacks)) {}

    struct HandlerClosure {
        Connection* connection;
        Handler handler;
    };
    [[nodiscard]] natsStatus install_callbacks(natsOptions* options);
    static void on_disconnected(natsConnection* connection, void* self);
    static void on_reconnected(natsConnection* connection, void* self);
    static void on_error(natsConnection* connection, natsSubscription*, natsStatus, void* self);
    static void on_closed(natsConnection* connection, void* self);
    void unit_started();
    void unit_ended();
    [[nodiscard]] bool closing();

    const ConnectSettings settings_;
    natsConnection* handle_ = nullptr;
    ConnectionCallbacks callbacks_;

    std::mutex mutex_;
    std::condition_variable changed_;
    int units_ = 0;  // number of threads: the connection's callbacks and each handler
    bool closing_ = false;
};

}  // namespace midge::cli
