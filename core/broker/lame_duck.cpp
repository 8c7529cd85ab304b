#include "broker/lame_duck.h"

#include <algorithm>

#include "base/log.h"
#include "client/clients.h"
#include "services/system_services.h"

namespace midge {
namespace {

// Clients are spread over the time that is left, but few of them need not wait that long.
constexpr std::chrono::nanoseconds step_max = std::chrono::seconds(1);

}  // namespace

LameDuck::LameDuck(SystemServices& services, const EventLoops& loops, Logger& log,
                   LameDuckTimes times, std::function<void()> done)
    : services_(services),
      loops_(loops),
      log_(log),
      times_(times),
      done_(std::move(done)),
      random_(std::random_device{}()) {}

void LameDuck::begin() {
    services_.post([this] { gather(Visit::tell, [this] { on_told(); }); });
}

void LameDuck::gather(Visit visit, std::function<void()> next) {
    connections_.clear();
    visit_clients(
        loops_,
        [this, visit](EventLoop& loop, Session& session) {
            if (visit == Visit::tell) session.tell_lame_duck();
            const std::lock_guard lock(gathering_);
            connections_.push_back({&loop, session.id()});
        },
        [this, next = std::move(next)] { services_.post(next); });
}

void LameDuck::on_told() {
    if (connections_.empty()) {
        done_();
        return;
    }
    services_.reactor().after(times_.grace_period, [this] {
        log_.info("Closing existing clients");
        gather(Visit::count, [this] { start_closing(); });
    });
}

void LameDuck::start_closing() {
    // In an order of chance, so that no group of clients that connected together leaves together.
    std::shuffle(connections_.begin(), connections_.end(), random_);
    if (!connections_.empty()) {
        const std::chrono::nanoseconds left = times_.duration - times_.grace_period;
        step_ = std::min(left / static_cast<int64_t>(connections_.size()), step_max);
    }
    due_ = Reactor::Clock::now();
    close_due();
}

// Steps may be shorter than a timer can be, so each turn closes all that are due.
void LameDuck::close_due() {
    const auto now = Reactor::Clock::now();
    while (!connections_.empty() && due_ <= now) {
        close(connections_.back());
        connections_.pop_back();
        if (!connections_.empty()) due_ += pause();
    }
    if (connections_.empty()) {
        done_();
        return;
    }
    services_.reactor().after(std::chrono::ceil<std::chrono::milliseconds>(due_ - now),
                              [this] { close_due(); });
}

// A step at most and half of one at least, the half being as likely as all the rest (nats-server's
// rule).
std::chrono::nanoseconds LameDuck::pause() {
    std::uniform_int_distribution<int64_t> up_to_step(0, step_.count());
    return std::chrono::nanoseconds(std::max(up_to_step(random_), step_.count() / 2));
}

void LameDuck::close(const Connection& connection) {
    connection.loop->post([&loop = *connection.loop, id = connection.id] {
        if (auto* const found = loop.find(id)) found->close(CloseReason::server_shutdown);
    });
}

}  // namespace midge
