#include "broker/server_listeners.h"

#include <utility>

namespace midge {

Result<> ServerListeners::open(Settings& settings) {
    for (const ListenerSettings& listener : settings.listeners) {
        const auto i = static_cast<ListenerIndex>(ports_.size());
        ports_.push_back(0);
        if (listener.dial) continue;
        auto opened = Listener::open(
            loops_.front()->reactor(), listener.host, listener.port == -1 ? 0 : listener.port,
            [this, i](std::unique_ptr<Stream> stream) {
                loops_[next_loop_]->adopt(std::move(stream), i);
                next_loop_ = (next_loop_ + 1) % loops_.size();
            },
            log_);
        if (!opened) return pass(opened);
        ports_.back() = (*opened)->port();
        listeners_.push_back(std::move(*opened));
    }
    note_ports(settings);
    return {};
}

void ServerListeners::note_ports(Settings& settings) const noexcept {
    ListenerIndex index = 0;
    for (ListenerSettings& listener : settings.listeners) listener.bound_port = port_of(index++);
}

}  // namespace midge
