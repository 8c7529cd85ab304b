// Clients beyond a limit that was lowered.
#include <algorithm>
#include <mutex>
#include <utility>

#include "broker/broker.h"
#include "client/clients.h"

namespace midge {

void Broker::close_newest(size_t kept, std::function<bool(const Session&)> counts, WireError error,
                          CloseReason reason, std::function<void(size_t)> closed) {
    struct Census {
        std::mutex mutex;
        std::vector<uint64_t> ids;
    };
    const auto census = std::make_shared<Census>();
    const auto count = [census, counts = std::move(counts)](EventLoop&, const Session& session) {
        if (!counts(session)) return;
        const std::lock_guard lock(census->mutex);
        census->ids.push_back(session.id());
    };
    visit_clients(loops_, count, [this, census, kept, error, reason, closed = std::move(closed)] {
        std::vector<uint64_t>& surplus = census->ids;
        if (surplus.size() <= kept) return;
        std::sort(surplus.begin(), surplus.end());
        surplus.erase(surplus.begin(), surplus.begin() + static_cast<std::ptrdiff_t>(kept));
        // By id, since a client may have come after they were counted.
        for_each_session([census, error, reason](Session& session) {
            if (std::binary_search(census->ids.begin(), census->ids.end(), session.id()))
                session.close_with(error, reason);
        });
        if (closed) closed(surplus.size());
    });
}

void Broker::close_surplus() {
    const int max = settings_->options.connections_max;
    const size_t kept = max > 0 ? static_cast<size_t>(max) : 0;
    if (counts_.open.load(std::memory_order_relaxed) <= static_cast<int64_t>(kept)) return;
    close_newest(
        kept, [](const Session&) { return true; }, WireError::maximum_connections_exceeded,
        CloseReason::maximum_connections_exceeded,
        [this](size_t count) {
            log_.info("Closed {} connections to fall within max_connections", count);
        });
}

// Spec jwt-nkeys.md 6.
void Broker::close_surplus_of(Account& account) {
    const int64_t max = account.quota().connections;
    if (max == no_limit || account.connections() <= max) return;
    close_newest(
        static_cast<size_t>(max),
        [&account](const Session& session) {
            return session.client().grant.account == &account && session.client().counted_in;
        },
        WireError::maximum_account_connections_exceeded,
        CloseReason::maximum_account_connections_exceeded);
}

}  // namespace midge
