#include "broker/connected_clients.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "client/clients.h"
#include "login/callout_service.h"

namespace midge {

void ConnectedClients::for_each(const std::function<void(Session&)>& function) const {
    for (const auto& loop : loops_) {
        loop->post([&loop = *loop, function] { for_each_client(loop, function); });
    }
}

void ConnectedClients::close_all_of(const std::string& account, WireError error,
                                    CloseReason reason) const {
    for_each([account, error, reason](Session& session) {
        if (session.client().grant.account != nullptr &&
            session.client().grant.account->name() == account)
            session.close_with(error, reason);
    });
}

void ConnectedClients::renew_claims_of(Account& account) const {
    const auto claims = account.claims();
    const AccountTerms terms{claims, default_permissions(*claims)};
    for_each([terms, &account](Session& session) {
        if (session.client().grant.account == &account) session.login().renew_for_claims(terms);
    });
}

void ConnectedClients::close_newest(size_t kept, std::function<bool(const Session&)> counts,
                                    WireError error, CloseReason reason,
                                    std::function<void(size_t)> closed) const {
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
        for_each([census, error, reason](Session& session) {
            if (std::binary_search(census->ids.begin(), census->ids.end(), session.id()))
                session.close_with(error, reason);
        });
        if (closed) closed(surplus.size());
    });
}

void ConnectedClients::close_surplus(int connections_max) const {
    const size_t kept = connections_max > 0 ? static_cast<size_t>(connections_max) : 0;
    if (counts_.open.load(std::memory_order_relaxed) <= static_cast<int64_t>(kept)) return;
    close_newest(
        kept, [](const Session&) { return true; }, WireError::maximum_connections_exceeded,
        CloseReason::maximum_connections_exceeded,
        [this](size_t count) {
            log_.info("Closed {} connections to fall within max_connections", count);
        });
}

void ConnectedClients::close_surplus_of(Account& account) const {
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
