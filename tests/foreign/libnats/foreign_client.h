#pragma once
// A libnats connection for the tests of this folder, with owning handles.
#include <nats/nats.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace midge::foreign {

// The longest time that a test waits for anything; it passes only if a test fails.
inline constexpr int64_t wait_ms = 20'000;

template <class T, void (*destroy)(T*)>
struct Destroy {
    void operator()(T* handle) const { destroy(handle); }
};
using MessagePtr = std::unique_ptr<natsMsg, Destroy<natsMsg, natsMsg_Destroy>>;
using SubscriptionPtr =
    std::unique_ptr<natsSubscription, Destroy<natsSubscription, natsSubscription_Destroy>>;
using OptionsPtr = std::unique_ptr<natsOptions, Destroy<natsOptions, natsOptions_Destroy>>;

// A user of the server under test, from environment variables: FOREIGN_<role>CREDS, or
// FOREIGN_<role>USER and FOREIGN_<role>PASSWORD (see configurations.py).
struct Role {
    std::string prefix;
};
inline const Role anybody{""};
inline const Role limited{"LIMITED_"};
inline const Role stranger{"WRONG_"};

[[nodiscard]] std::optional<std::string> setting(const std::string& name);
[[nodiscard]] bool exists(const Role& role);

// A counter for threads of libnats. Others can wait until it reaches a number.
class Counter {
  public:
    void raise();
    // Returns false if `count` is not reached within wait_ms.
    [[nodiscard]] bool wait_for(int count);
    [[nodiscard]] int value();

  private:
    std::mutex mutex_;
    std::condition_variable raised_;
    int value_ = 0;
};

// One connection. The destructor closes it and waits, so that no callback runs later.
class Client {
  public:
    explicit Client(const Role& role = anybody);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // Returns NATS_OK, or the reason why connecting failed.
    [[nodiscard]] natsStatus status() const { return status_; }
    [[nodiscard]] natsConnection* handle() const { return connection_; }

    void publish(const std::string& subject, const std::string& data);
    [[nodiscard]] natsStatus flush();
    [[nodiscard]] SubscriptionPtr subscribe(const std::string& subject);
    // Returns the next message, or null if there is none within wait_ms.
    [[nodiscard]] static MessagePtr next(const SubscriptionPtr& subscription);
    // Returns the last error of the server, e.g. `Permissions Violation for Publish to "a"`.
    [[nodiscard]] std::string last_error();

    Counter errors;
    Counter reconnects;
    Counter closes;

  private:
    natsConnection* connection_ = nullptr;
    natsStatus status_ = NATS_OK;
};

[[nodiscard]] std::string text_of(const MessagePtr& message);

}  // namespace midge::foreign
