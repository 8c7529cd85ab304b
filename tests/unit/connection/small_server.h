#pragma once
// An event loop with listeners, without the other parts of a broker.
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "connection/connection.h"
#include "connection/connection_counts.h"
#include "net/listener.h"
#include "unit/broker/line_logger.h"

namespace midge::test {

// Makes connections of a class whose constructor takes the arguments of connect() and `more`.
template <class Made, class... More>
class RoleOf : public Role {
  public:
    explicit RoleOf(More&... more) : more_(more...) {}
    [[nodiscard]] std::unique_ptr<Connection> connect(EventLoop& loop, uint64_t id,
                                                      std::unique_ptr<Stream> stream,
                                                      ListenerIndex listener) const override {
        return std::apply(
            [&](More&... more) {
                return std::make_unique<Made>(loop, id, std::move(stream), listener, more...);
            },
            more_);
    }

  private:
    const std::tuple<More&...> more_;
};

class SmallServer : public testing::Test {
  protected:
    ~SmallServer() override { stop(); }
    // Starts with these listeners. Those that do not dial listen on free ports.
    void serve(std::vector<ListenerSettings> listeners) {
        auto settings = std::make_shared<Settings>();
        settings->listeners = std::move(listeners);
        for (ListenerIndex i = 0; i < settings->listeners.size(); ++i)
            listeners_.push_back(settings->listeners[i].dial ? nullptr : listen(i, 0));
        loop_.start(settings);
    }
    [[nodiscard]] std::unique_ptr<Listener> listen(ListenerIndex i, uint16_t port) {
        auto opened = Listener::open(
            loop_.reactor(), "127.0.0.1", port,
            [this, i](std::unique_ptr<Stream> stream) { loop_.adopt(std::move(stream), i); }, log_);
        if (!opened) throw std::runtime_error(opened.error().text);
        return std::move(*opened);
    }
    // Requires: called before the objects that the connections use are destroyed.
    void stop() {
        loop_.post([this] { listeners_.clear(); });
        loop_.stop();
    }
    [[nodiscard]] uint16_t port(size_t listener = 0) const { return listeners_[listener]->port(); }

    LineLogger log_{LogLevel::debug};
    ConnectionCounts counts_{log_};
    EventLoop loop_{0, 2, counts_, log_, std::move(*make_poller(""))};
    std::vector<std::unique_ptr<Listener>> listeners_;  // null: it dials
};

}  // namespace midge::test
