// Proof of room: a service within the server that gets a flood of requests, in order, without a
// copy of a body after the one that takes it off the publisher's thread, and that has publishers
// wait.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <thread>

#include "event/events.h"
#include "net/outbound.h"
#include "routing/publisher.h"
#include "routing/routing_lane.h"
#include "services/service_queue.h"
#include "services/service_request.h"
#include "unit/broker/line_logger.h"

namespace midge {
namespace {

// Publishes on the test's thread, and waits as a session does.
class Flood final : public Publisher, public OutboundOwner {
  public:
    void stall() override {}
    void wait_for_room(RoomSource& receiver) override {
        if (!receiver.wait_for_room({this, 1, ++waits})) return;
        std::unique_lock lock(mutex_);
        room_.wait(lock, [this] { return told_ == waits; });
    }
    [[nodiscard]] ClientInfo requestor_info(bool) const override { return {}; }
    [[nodiscard]] const std::string& server_name() const noexcept override { return name_; }
    void on_outbound_event(uint64_t, OutboundEvent) override {}
    void on_room(uint64_t, uint32_t number) override {
        const std::lock_guard lock(mutex_);
        told_ = number;
        room_.notify_one();
    }
    std::atomic<uint32_t> waits{0};

  private:
    const std::string name_ = "test";
    std::mutex mutex_;
    std::condition_variable room_;
    uint32_t told_ = 0;
};

// Checks that numbers come in order, and that the bodies are whole and where they were put.
class Service final : public InternalReceiver {
  public:
    Service(Reactor& reactor, Logger& log, size_t bytes_max)
        : queue(make_ref<ServiceQueue>(reactor, log, bytes_max)) {}
    void on_message(const PublishCommand& message, const Origin& origin) override {
        ServiceRequest request(*origin.account, message);
        const char* const body = request.payload().data();
        const size_t bytes = request.size();
        queue->push("request", bytes, [this, body, request = std::move(request)] {
            EXPECT_EQ(request.payload().data(), body);
            EXPECT_EQ(request.header(), "NATS/1.0\r\n\r\n");
            EXPECT_EQ(request.payload().substr(0, 8), fmt::format("{:08}", handled));
            ++handled;
            bytes_seen = std::max(bytes_seen, queue->bytes());
        });
        if (queue->wants_room()) origin.publisher->wait_for_room(*queue);
    }
    const Ref<ServiceQueue> queue;
    size_t handled = 0, bytes_seen = 0;
};

class InternalService : public testing::Test {
  protected:
    InternalService() {
        account_.index().insert(make_ref<ServiceSubscription>("service.*", service_));
    }
    void publish(size_t number) {
        const std::string body = fmt::format("NATS/1.0\r\n\r\n{:08}{}", number, padding_);
        lane_.publish(account_,
                      {.subject = "service.a",
                       .reply = "inbox",
                       .has_header = true,
                       .header_bytes = 12,
                       .body = body},
                      Origin{&account_, &flood_, 1});
    }
    void stop_when_empty() {
        if (service_.queue->bytes() == 0) return reactor_.stop();
        reactor_.after(std::chrono::milliseconds(1), [this] { stop_when_empty(); });
    }
    test::LineLogger log_;
    Reactor reactor_{std::move(*make_poller(""))};
    Account account_{"A", 1, false};
    RoutingLane lane_{0, 1, log_};
    Flood flood_;
    const std::string padding_ = std::string(1024, 'x');
    static constexpr size_t bytes_max = 256 * 1024;
    Service service_{reactor_, log_, bytes_max};
};

TEST_F(InternalService, gets_a_hundred_thousand_requests_and_holds_up_who_sends_faster) {
    constexpr size_t requests = 100'000;
    // Until somebody has waited, nothing is taken.
    service_.queue->push("begin", 0, [this] {
        while (flood_.waits == 0) std::this_thread::yield();
    });
    std::thread thread([this] { reactor_.run(); });
    for (size_t i = 0; i < requests; ++i) publish(i);
    // Behind all of them.
    service_.queue->push("end", 0, [this] { reactor_.stop(); });
    thread.join();
    EXPECT_EQ(service_.handled, requests);
    EXPECT_LE(service_.bytes_seen, bytes_max);
    EXPECT_EQ(log_.lines(), "");
}

TEST_F(InternalService, takes_one_request_of_any_size) {
    EXPECT_TRUE(service_.queue->push("large", 2 * bytes_max, [] {}));
    EXPECT_FALSE(service_.queue->push("small", 1, [] {}));
    reactor_.after(std::chrono::milliseconds(1), [this] { stop_when_empty(); });
    reactor_.run();
    EXPECT_TRUE(service_.queue->push("small", 1, [] {}));
}

TEST_F(InternalService, drops_what_nobody_has_room_for_and_says_so_once) {
    struct Rude final : InternalReceiver {
        explicit Rude(ServiceQueue& into) : queue(into) {}
        void on_message(const PublishCommand& message, const Origin&) override {
            taken += queue.push("request", message.body.size(), [] {}) ? 1 : 0;
        }
        ServiceQueue& queue;
        size_t taken = 0;
    } rude(*service_.queue);
    account_.index().insert(make_ref<ServiceSubscription>("rude", rude));
    for (int i = 0; i < 1000; ++i)
        lane_.publish(account_, {.subject = "rude", .body = padding_},
                      Origin{&account_, &flood_, 1});
    EXPECT_EQ(rude.taken, bytes_max / (1024 + ServiceQueue::task_bytes));
    EXPECT_LE(service_.queue->bytes(), bytes_max);
    EXPECT_EQ(log_.lines(),
              "System request on request dropped, and maybe others: 261120 bytes wait already\n");
    // Once the queue has been empty, the next loss is told again.
    reactor_.after(std::chrono::milliseconds(1), [this] { stop_when_empty(); });
    reactor_.run();
    EXPECT_FALSE(service_.queue->wants_room());
    for (int i = 0; i < 1000; ++i) service_.queue->push("again", padding_.size(), [] {});
    EXPECT_NE(log_.lines().find("System request on again dropped"), std::string::npos);
}

}  // namespace
}  // namespace midge
