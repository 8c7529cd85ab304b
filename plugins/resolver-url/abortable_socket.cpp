#include "resolver-url/abortable_socket.h"

#include <Poco/Exception.h>

namespace midge {

AbortableSocketImpl::~AbortableSocketImpl() = default;

void AbortableSocketImpl::abort() {
    const std::lock_guard lock(mutex_);
    try {
        if (initialized()) shutdown();
    } catch (const Poco::Exception&) {
        // Not connected any more, which is the goal.
    }
}

void AbortableSocketImpl::close() {
    const std::lock_guard lock(mutex_);
    StreamSocketImpl::close();
}

}  // namespace midge
