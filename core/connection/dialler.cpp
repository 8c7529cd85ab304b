#include "connection/dialler.h"

#include <algorithm>
#include <utility>

#include "net/ip_text.h"

namespace midge {
namespace {

constexpr unsigned doublings_max = 16;
constexpr uint32_t jitter_percent = 10;

}  // namespace

Dialler::Dialler(EventLoop& loop, ListenerIndex endpoint, NameLookup& names)
    : loop_(loop), endpoint_(endpoint), names_(names) {}

Dialler::~Dialler() {
    stop();
}

const DialSettings& Dialler::settings() const {
    return *loop_.settings().listeners[endpoint_].dial;
}

void Dialler::dial() {
    const auto& addresses = settings().addresses;
    const DialSettings::Address& address = addresses[next_address_++ % addresses.size()];
    host_ = address.host;
    peer_ = {{}, address.port};
    if (canonical_ip(host_)) {
        connect({host_});
        return;
    }
    names_.ask(host_, [&loop = loop_, self = std::weak_ptr(self_)](auto found) {
        loop.post([self, found = std::move(found)] {
            const auto dialler = self.lock();
            if (!dialler || (*dialler)->stopped_) return;
            if (found) {
                (*dialler)->connect(*found);
            } else {
                (*dialler)->fail_with(found.error().text);
            }
        });
    });
}

// By one of the host's addresses, so that all are tried in the end.
void Dialler::connect(std::vector<std::string> addresses) {
    peer_.ip = addresses[loop_.lane().random() % addresses.size()];
    const auto socket = socket_connect(peer_);
    if (!socket) {
        fail_with(socket.error().text);
        return;
    }
    socket_ = *socket;
    auto watch = loop_.reactor().watch(socket_, *this, Interest::write);
    if (!watch) {
        fail_with(watch.error().text);
        return;
    }
    watch_ = std::move(*watch);
    timer_ = loop_.reactor().after(settings().connect_timeout, [this] {
        timer_ = no_timer;
        fail_with(fmt::format("dial tcp {}: i/o timeout", address_text(peer_)));
    });
}

void Dialler::on_writable() {
    if (const int error = socket_error(socket_); error != 0) {
        fail_with(
            fmt::format("dial tcp {}: connect: {}", address_text(peer_), os_error_text(error)));
        return;
    }
    watch_ = {};
    auto stream = make_socket_stream({std::exchange(socket_, no_socket), peer_});
    let_go();
    loop_.adopt(std::move(stream), endpoint_, host_);
}

void Dialler::fail_with(const std::string& why) {
    let_go();
    loop_.logger().log_with(
        LogLevel::error, {{"address", fmt::format("{}:{}", host_, peer_.port)}, {"reason", why}},
        "Error trying to connect to {}:{} (attempt {}): {}", host_, peer_.port, failures_ + 1, why);
    dial_later();
}

void Dialler::redial() {
    if (!stopped_) dial_later();
}

void Dialler::dial_later() {
    const int64_t doubled = int64_t{1} << std::min(failures_++, doublings_max);
    std::chrono::milliseconds delay = settings().delay_min * doubled;
    delay += delay * (loop_.lane().random() % (jitter_percent + 1)) / 100;
    timer_ = loop_.reactor().after(std::min(delay, settings().delay_max), [this] {
        timer_ = no_timer;
        dial();
    });
}

// The socket and the timer, if there are.
void Dialler::let_go() {
    loop_.reactor().cancel(std::exchange(timer_, no_timer));
    watch_ = {};
    if (socket_ != no_socket) socket_close(std::exchange(socket_, no_socket));
}

void Dialler::stop() {
    stopped_ = true;
    let_go();
}

}  // namespace midge
