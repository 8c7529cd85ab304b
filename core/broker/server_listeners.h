#pragma once
// The ports on which a server listens.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "connection/loop_survey.h"
#include "connection/settings.h"
#include "net/listener.h"

namespace midge {

// Accepts connections on the first event loop, and gives them to all loops in turn. Owned by the
// broker; must outlive the thread of the first loop.
class ServerListeners {
  public:
    ServerListeners(const EventLoops& loops, Logger& log) : loops_(loops), log_(log) {}
    ServerListeners(const ServerListeners&) = delete;
    ServerListeners& operator=(const ServerListeners&) = delete;

    // Listens as `settings` say, and notes the ports in them. Fails if an address is taken or does
    // not exist. Once, before the loops start.
    [[nodiscard]] Result<> open(Settings& settings);
    // Accepts no more connections. The thread of the first loop.
    void close() noexcept { listeners_.clear(); }
    // Notes the ports in other settings with the same listeners. Any thread, after open().
    void note_ports(Settings& settings) const noexcept;
    // 0: there is no such listener. Any thread, after open().
    [[nodiscard]] uint16_t port_of(ListenerIndex listener) const noexcept {
        return listener < ports_.size() ? ports_[listener] : uint16_t{0};
    }

  private:
    const EventLoops& loops_;
    Logger& log_;
    std::vector<uint16_t> ports_;  // of Settings::listeners; 0: does not listen
    // Of the first loop:
    std::vector<std::unique_ptr<Listener>> listeners_;
    size_t next_loop_ = 0;
};

}  // namespace midge
