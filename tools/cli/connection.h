#pragma once
// One client connection to a server, over libnats, with its errors as values and in the words of
// the Go client (which scripts and people know).
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

// Called on threads of libnats; never after the Connection is gone. An empty one is not called.
struct ConnectionCallbacks {
    std::function<void(std::string_view reason)> disconnected;
    std::function<void(std::string_view url)> reconnected;
    std::function<void(std::string_view text)> error;
    // The server or exhausted reconnects ended the connection; not called for our own close.
    std::function<void(std::string_view reason)> closed;
};

class Connection {
  public:
    using Handler = std::function<void(Message)>;

    // Fails with the Go client's text, e.g. "nats: authorization violation".
    [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const ConnectSettings& settings,
                                                                  ConnectionCallbacks callbacks);
    // Closes; returns when no callback or handler runs any more.
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] Result<> publish(const Message& message);
    // Waits until the server has processed all that was sent; fails if it refused any of it
    // (permissions), or if it does not answer.
    [[nodiscard]] Result<> flush();

    // `handler` runs on a thread of this subscription, one message after the other. An empty
    // `queue` is a plain subscription.
    [[nodiscard]] Result<SubscriptionHandle> subscribe(const std::string& subject,
                                                       const std::string& queue, Handler handler);
    // To be read with next().
    [[nodiscard]] Result<SubscriptionHandle> subscribe(const std::string& subject);
    // Fails with Errc::timeout after `wait`, with Errc::unavailable when the server says that
    // nobody listens.
    [[nodiscard]] Result<Message> next(SubscriptionHandle& subscription,
                                       std::chrono::milliseconds wait);

    // Stops new messages, lets the handlers finish the ones at hand, and closes.
    [[nodiscard]] Result<> drain();

    // A fresh subject for replies.
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
    int units_ = 0;  // the connection's callbacks and each handler's thread
    bool closing_ = false;
};

}  // namespace midge::cli
