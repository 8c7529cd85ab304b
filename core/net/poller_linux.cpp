// The pollers of Linux.
#include "net/poller.h"

namespace midge {

Result<std::unique_ptr<Poller>> make_poller(std::string_view name) {
    if (name.empty() || name == "epoll") return make_epoll_poller();
    if (name == "poco") return make_poco_poller();
    return fail(Errc::invalid,
                "reactor is \"" + std::string(name) + "\", expected \"epoll\" or \"poco\"");
}

}  // namespace midge
