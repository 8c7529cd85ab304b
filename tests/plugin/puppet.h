#pragma once
// A resolver plugin whose answers the test controls.
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "abi/resolver_plugin.hpp"
#include "account/account_resolver.h"
#include "plugin/plugin_support.h"

namespace midge::test {

// The requests that the plugin got, and functions to answer them.
struct Puppet {
    const midge_resolver_host* host = nullptr;
    std::string instance;
    mutable std::mutex mutex;
    std::condition_variable asked;
    std::vector<uint64_t> requests;
    std::vector<uint64_t> cancelled;
    std::vector<std::string> cursors;
    std::vector<std::string> haves;  // of the last fetch
    std::vector<uint32_t> deadlines;

    void answer(uint64_t request, const midge_answer& answer) const {
        host->complete(host->self, request, &answer);
    }
    void complete(uint64_t request, int status, std::string_view value, uint32_t index = 0,
                  std::string_view cursor = {}) const {
        answer(request,
               {sizeof(midge_answer), status, index, 0, plugin::text(value), plugin::text(cursor)});
    }
    void change(int kind, std::string_view account) const {
        host->changed(host->self, kind, plugin::text(account));
    }
    void note(uint64_t request, uint32_t deadline_ms) {
        const std::lock_guard lock(mutex);
        requests.push_back(request);
        deadlines.push_back(deadline_ms);
        asked.notify_all();
    }
    uint64_t last_request() const {
        const std::lock_guard lock(mutex);
        return requests.empty() ? 0 : requests.back();
    }
    // Waits until `count` requests were made. Returns the last one.
    uint64_t wait_for_request(size_t count) {
        std::unique_lock lock(mutex);
        asked.wait_for(lock, patience, [&] { return requests.size() >= count; });
        return requests.size() < count ? 0 : requests.back();
    }
    bool wait_for_cancel(uint64_t request) {
        std::unique_lock lock(mutex);
        return asked.wait_for(lock, patience, [&] {
            return std::find(cancelled.begin(), cancelled.end(), request) != cancelled.end();
        });
    }
};

// The puppet for the next create(), which cannot get a pointer from the test.
inline Puppet* next_puppet = nullptr;

inline int create_puppet(const midge_resolver_host* host, const midge_resolver_start* start,
                         void** self) {
    next_puppet->host = host;
    next_puppet->instance = plugin::view(start->instance);
    *self = next_puppet;
    return MIDGE_OK;
}
inline void puppet_fetch(void* self, const midge_fetch* request) {
    auto& puppet = *static_cast<Puppet*>(self);
    {
        const std::lock_guard lock(puppet.mutex);
        puppet.haves.clear();
        for (uint32_t i = 0; i < request->count; ++i)
            puppet.haves.emplace_back(plugin::view(request->accounts[i].have));
    }
    puppet.note(request->id, request->deadline_ms);
}
inline void puppet_list(void* self, const midge_list* request) {
    auto& puppet = *static_cast<Puppet*>(self);
    {
        const std::lock_guard lock(puppet.mutex);
        puppet.cursors.emplace_back(plugin::view(request->cursor));
    }
    puppet.note(request->id, request->deadline_ms);
}
inline void puppet_store(void* self, const midge_store* request) {
    static_cast<Puppet*>(self)->note(request->id, request->deadline_ms);
}
inline void puppet_cancel(void* self, uint64_t request) {
    auto& puppet = *static_cast<Puppet*>(self);
    const std::lock_guard lock(puppet.mutex);
    puppet.cancelled.push_back(request);
    puppet.asked.notify_all();
}
inline void puppet_end(void*) {}

// Supports neither store, erase, cancel nor report.
inline constexpr midge_resolver puppet_table = {sizeof(midge_resolver),
                                                MIDGE_RESOLVER_ABI,
                                                plugin::text("puppet"),
                                                plugin::text("0"),
                                                &create_puppet,
                                                &puppet_fetch,
                                                &puppet_end,
                                                &puppet_end,
                                                nullptr,
                                                &puppet_list,
                                                nullptr,
                                                nullptr,
                                                nullptr,
                                                nullptr,
                                                0,
                                                4,
                                                0,
                                                0};

// The `changed` notices of a resolver.
class Changes {
  public:
    void push(const AccountChange& change) {
        const std::lock_guard lock(mutex_);
        changes_.push_back(change);
        grown_.notify_all();
    }
    [[nodiscard]] bool wait_for(size_t count) {
        std::unique_lock lock(mutex_);
        return grown_.wait_for(lock, patience, [&] { return changes_.size() >= count; });
    }
    [[nodiscard]] size_t count() const {
        const std::lock_guard lock(mutex_);
        return changes_.size();
    }
    [[nodiscard]] AccountChange at(size_t index) const {
        const std::lock_guard lock(mutex_);
        return changes_.at(index);
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable grown_;
    std::vector<AccountChange> changes_;
};

}  // namespace midge::test
