#pragma once
// Numbers what this server sends.
#include <mutex>
#include <string>
#include <utility>

#include "base/clock.h"
#include "event/server_info.h"

namespace midge {

// The `server` object of this process. Each use gives it the next `seq` and the time. Owned by the
// event bus; any thread.
class ServerStamp {
  public:
    explicit ServerStamp(ServerInfo server) : id_(server.id), server_(std::move(server)) {}

    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    // A copy with the next number.
    [[nodiscard]] ServerInfo next();
    // The result of `use`, which gets the object with the next number. Runs it under the lock,
    // because copying the object would cost as much as writing its JSON: `use` takes no other lock,
    // and calls no function of this class.
    template <class Use>
    auto use_next(Use use) {
        const std::lock_guard lock(mutex_);
        advance();
        return use(std::as_const(server_));
    }
    // A copy without a new number, for comparisons.
    [[nodiscard]] ServerInfo current() const;
    // Replaces the fields that a reload may change (tags, metadata and so on); the id and `seq`
    // continue.
    void replace(ServerInfo server);

  private:
    void advance();  // under mutex_

    const std::string id_;
    mutable std::mutex mutex_;
    ServerInfo server_;
};

}  // namespace midge
