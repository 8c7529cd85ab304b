// The pollers of Windows.
#include "net/poller.h"

namespace midge {

Result<std::unique_ptr<Poller>> make_poller(std::string_view name) {
    if (name.empty() || name == "poco") return make_poco_poller();
    return fail(Errc::invalid, "reactor is \"" + std::string(name) + "\", expected \"poco\"");
}

}  // namespace midge
