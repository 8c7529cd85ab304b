#pragma once
// An event loop with listeners and nothing else of a broker.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

#include "connection/connection.h"
#include "connection/connection_counts.h"
#include "net/listener.h"
#include "unit/broker/line_logger.h"

namespace midge::test {

using MakeConnection = std::function<std::unique_ptr<Connection>(
    EventLoop& loop, uint64_t id, std::unique_ptr<Stream> stream, ListenerIndex listener)>;

class FunctionRole final : public Role {
  public:
    explicit FunctionRole(MakeConnection make) : make_(std::move(make)) {}
    [[nodiscard]] std::unique_ptr<Connection> connect(EventLoop& loop, uint64_t id,
                                                      std::unique_ptr<Stream> stream,
                                                      ListenerIndex listener) const override {
        return make_(loop, id, std::move(stream), listener);
    }

  private:
    const MakeConnection make_;
};

class SmallServer : public testing::Test {
  protected:
    ~SmallServer() override { stop(); }
    // Starts with a plain listener, and one behind a proxy that tells addresses, for connections of
    // this kind.
    void serve(const MakeConnection& make) {
        const auto role = std::make_shared<FunctionRole>(make);
        auto settings = std::make_shared<Settings>();
        for (const bool proxied : {false, true}) {
            ListenerSettings& listener = settings->listeners.emplace_back();
            listener.role = role;
            listener.proxied = proxied;
            auto opened = Listener::open(
                loop_.reactor(), "127.0.0.1", 0,
                [this, i = ListenerIndex{proxied}](std::unique_ptr<Stream> stream) {
                    loop_.adopt(std::move(stream), i);
                },
                log_);
            listeners_.push_back(std::move(*opened));
        }
        loop_.start(settings);
    }
    // Before what its connections use goes.
    void stop() {
        loop_.post([this] { listeners_.clear(); });
        loop_.stop();
    }
    [[nodiscard]] uint16_t port() const { return listeners_[0]->port(); }
    [[nodiscard]] uint16_t proxied_port() const { return listeners_[1]->port(); }

    LineLogger log_{LogLevel::debug};
    ConnectionCounts counts_{log_};
    EventLoop loop_{0, 2, counts_, log_, std::move(*make_poller(""))};

  private:
    std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace midge::test
