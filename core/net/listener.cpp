#include "net/listener.h"

#include <utility>

namespace midge {

Result<std::unique_ptr<Listener>> Listener::open(Reactor& reactor, const std::string& host,
                                                 int port, OnAccept on_accept, Logger& log) {
    auto socket = socket_listen(host, port);
    if (!socket) return pass(socket);
    std::unique_ptr<Listener> listener(new Listener(reactor, *socket, std::move(on_accept), log));
    auto watch = reactor.watch(*socket, *listener, Interest::read);
    if (!watch) return pass(watch);
    listener->watch_ = std::move(*watch);
    return listener;
}

Listener::Listener(Reactor& reactor, SocketHandle socket, OnAccept on_accept, Logger& log)
    : reactor_(reactor),
      socket_(socket),
      on_accept_(std::move(on_accept)),
      log_(log),
      port_(socket_local_port(socket)) {}

Listener::~Listener() {
    reactor_.cancel(resume_);
    watch_ = Watch();
    socket_close(socket_);
}

void Listener::on_readable() {
    for (int i = 0; i < accepts_per_turn_max; ++i) {
        Accepted accepted;
        const IoResult result = socket_accept(socket_, accepted);
        if (result.kind == IoResult::Kind::would_block) {
            said_ = false;
            return;
        }
        if (result.kind != IoResult::Kind::done) return pause(os_error_text(result.os_error));
        on_accept_(make_socket_stream(std::move(accepted)));
    }
}

void Listener::pause(const std::string& why) {
    if (!std::exchange(said_, true)) {
        log_.error("Cannot accept connections on port {}, trying again every {} ms: {}", port_,
                   accept_pause.count(), why);
    }
    watch_.set_interest(Interest::none);
    resume_ = reactor_.after(accept_pause, [this] { watch_.set_interest(Interest::read); });
}

}  // namespace midge
