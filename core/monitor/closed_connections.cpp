#include "monitor/closed_connections.h"

namespace midge {

void ClosedConnections::add(ConnectionRow row) {
    const size_t bytes = row.bytes();
    if (count_max_ == 0 || bytes > bytes_max) return;
    auto shared = std::make_shared<const ConnectionRow>(std::move(row));
    std::vector<Kept> gone;  // destroyed after the lock is released
    const std::scoped_lock lock(mutex_);
    while (!kept_.empty() && (kept_.size() >= count_max_ || bytes_ + bytes > bytes_max)) {
        bytes_ -= kept_.front().bytes;
        gone.push_back(std::move(kept_.front()));
        kept_.pop_front();
    }
    kept_.push_back({std::move(shared), bytes});
    bytes_ += bytes;
}

std::vector<std::shared_ptr<const ConnectionRow>> ClosedConnections::all() const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::shared_ptr<const ConnectionRow>> rows;
    rows.reserve(kept_.size());
    for (const Kept& one : kept_) rows.push_back(one.row);
    return rows;
}

}  // namespace midge
