#include "connection/event_loop.h"

#include "connection/connection.h"
#include "connection/connection_counts.h"

namespace midge {

EventLoop::EventLoop(unsigned index, unsigned lanes, ConnectionCounts& counts, Logger& log,
                     std::unique_ptr<Poller> poller)
    : counts_(counts),
      log_(log),
      reactor_(std::move(poller)),
      lane_(index, lanes, log),
      read_buffer_(std::make_unique<char[]>(read_bytes_max)) {
    lane_.outbound().watch_clock(reactor_.now());
}

EventLoop::~EventLoop() {
    stop();
}

void EventLoop::start(std::shared_ptr<const Settings> settings) {
    set_settings(std::move(settings));
    reactor_.after(sweep_interval, [this] { sweep(); });
    thread_ = std::thread([this] { reactor_.run(); });
}

void EventLoop::set_settings(std::shared_ptr<const Settings> settings) {
    settings_ = std::move(settings);
    lane_.set_options(settings_->options);
}

void EventLoop::stop() {
    if (!thread_.joinable()) return;
    post([this] {
        // close() retires the connection, so the map is not walked while it changes.
        for (Connection* connection : connections())
            connection->close(CloseReason::server_shutdown);
        reactor_.stop();
    });
    thread_.join();
    retired_.clear();
}

void EventLoop::adopt(std::unique_ptr<Stream> stream, ListenerIndex listener, std::string dialled) {
    // std::function wants copyable captures; the pointer is taken over by the task, which always
    // runs or is destroyed with the reactor.
    auto shared = std::make_shared<std::unique_ptr<Stream>>(std::move(stream));
    post([this, shared, listener, dialled = std::move(dialled)] {
        add(std::move(*shared), listener, dialled);
    });
}

void EventLoop::add(std::unique_ptr<Stream> stream, ListenerIndex listener, std::string dialled) {
    const uint64_t id = counts_.next_id();
    auto connection =
        settings_->listeners[listener].role->connect(*this, id, std::move(stream), listener);
    Connection& added = *connection;
    connections_.emplace(id, std::move(connection));
    added.start(std::move(dialled));
}

Connection* EventLoop::find(uint64_t connection_id) {
    const auto found = connections_.find(connection_id);
    return found == connections_.end() ? nullptr : found->second.get();
}

std::vector<Connection*> EventLoop::connections() {
    std::vector<Connection*> open;
    for (const auto& [id, connection] : connections_) open.push_back(connection.get());
    return open;
}

void EventLoop::visit_place(size_t place, const std::function<void(Connection&)>& visit) {
    std::vector<Connection*> here;  // `visit` may close them
    for (auto at = connections_.begin(place); at != connections_.end(place); ++at)
        here.push_back(at->second.get());
    for (Connection* const connection : here) visit(*connection);
}

void EventLoop::on_outbound_event(uint64_t connection_id, OutboundEvent event) {
    post([this, connection_id, event] {
        if (Connection* const found = find(connection_id)) found->on_outbound_event(event);
    });
}

void EventLoop::on_room(uint64_t connection_id, uint32_t wait_number) {
    post([this, connection_id, wait_number] {
        if (Connection* const found = find(connection_id)) found->on_room(wait_number);
    });
}

void EventLoop::on_subscription_spent(uint64_t connection_id, const std::string& sid) {
    if (reactor_.on_own_thread()) {
        if (Connection* const found = find(connection_id)) found->on_subscription_spent(sid);
        return;
    }
    post([this, connection_id, sid] {
        if (Connection* const found = find(connection_id)) found->on_subscription_spent(sid);
    });
}

bool EventLoop::take_handshake_step(uint64_t connection_id) {
    if (!handshake_turn_posted_) {
        handshake_turn_posted_ = true;
        post([this] { begin_handshake_turn(); });
    }
    if (handshake_steps_left_ > 0) {
        --handshake_steps_left_;
        return true;
    }
    waiting_handshakes_.push_back(connection_id);
    return false;
}

// Posted tasks come after the sockets of their turn, so that others are served between any two of
// these.
void EventLoop::begin_handshake_turn() {
    handshake_turn_posted_ = false;
    handshake_steps_left_ = handshake_steps_per_turn;
    while (handshake_steps_left_ > 0 && !waiting_handshakes_.empty()) {
        Connection* const found = find(waiting_handshakes_.front());
        waiting_handshakes_.pop_front();
        if (found != nullptr) found->resume_handshake();
    }
}

void EventLoop::commit_at_turn_end() {
    if (turn_end_scheduled_) return;
    turn_end_scheduled_ = true;
    reactor_.at_turn_end([this] { end_turn(); });
}

void EventLoop::retire(Connection& connection) {
    const auto found = connections_.find(connection.id());
    retired_.push_back(std::move(found->second));
    connections_.erase(found);
    commit_at_turn_end();
}

void EventLoop::end_turn() {
    turn_end_scheduled_ = false;
    lane_.commit();
    retired_.clear();
}

void EventLoop::sweep() {
    lane_.outbound().trim();
    sweep_matches();
    reactor_.after(sweep_interval, [this] { sweep(); });
}

// Some at a time, so that no message waits for it.
void EventLoop::sweep_matches() {
    constexpr std::chrono::milliseconds pause(5);
    if (!lane_.matches().sweep()) reactor_.after(pause, [this] { sweep_matches(); });
}

}  // namespace midge
