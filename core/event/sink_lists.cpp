#include "event/sink_lists.h"

#include <algorithm>
#include <utility>

namespace midge {

ReplacedSinks SinkLists::replace(const std::vector<SinkId>& old, const SinkList& added,
                                 uint64_t after, std::optional<ServerInfo> server) {
    ReplacedSinks replaced;
    SinkList sinks;
    for (const auto& listed : next_.empty() ? in_use_ : next_.back().sinks) {
        const bool goes = std::find(old.begin(), old.end(), listed->id) != old.end();
        (goes ? replaced.gone_ : sinks).push_back(listed);
    }
    for (const auto& listed : added) {
        listed->id = ++last_id_;
        replaced.ids_.push_back(listed->id);
        sinks.push_back(listed);
    }
    replaced.number_ = ++newest_number_;
    next_.push_back({after, newest_number_, std::move(sinks), std::move(server)});
    return replaced;
}

bool SinkLists::is_due(uint64_t sent) const {
    return !next_.empty() && next_.front().after <= sent;
}

std::optional<ServerInfo> SinkLists::take_due(uint64_t sent) {
    std::optional<ServerInfo> server;
    while (is_due(sent)) {
        Next& next = next_.front();
        in_use_ = std::move(next.sinks);
        number_in_use_ = next.number;
        if (next.server) server = std::move(next.server);
        next_.pop_front();
    }
    return server;
}

uint64_t SinkLists::limit(uint64_t count, uint64_t sent) const {
    return next_.empty() ? count : std::min(count, next_.front().after - sent);
}

}  // namespace midge
