#pragma once
// A host that shows exactly what a resolver plugin does, without the checks of plugins/host.
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "abi/resolver_plugin.hpp"
#include "host/jwt_version.h"
#include "plugin/plugin_support.h"

namespace midge::test {

struct RawAnswer {
    int status = -1;
    std::string value;
    std::string cursor;
};

// One instance, with one request at a time.
class RawResolver {
  public:
    // `host_size` and `abi`: values in the host's table.
    explicit RawResolver(const midge_resolver& table,
                         uint32_t host_size = sizeof(midge_resolver_host),
                         uint32_t abi = MIDGE_RESOLVER_ABI)
        : table_(table) {
        host_ = {host_size, abi, this, &log, &complete, &changed, &version_of};
    }
    ~RawResolver() {
        if (self_ == nullptr) return;
        table_.stop(self_);
        table_.destroy(self_);
    }
    RawResolver(const RawResolver&) = delete;
    RawResolver& operator=(const RawResolver&) = delete;

    int create(const std::string& config_json) {
        const midge_resolver_start start = {sizeof(start), 0, plugin::text("raw"),
                                            plugin::text(config_json)};
        return table_.create(&host_, &start, &self_);
    }
    RawAnswer list(std::string_view cursor, uint32_t limit) {
        return ask([&](uint64_t id) {
            const midge_list request = {sizeof(request),      wait_ms, id,
                                        plugin::text(cursor), limit,   0};
            table_.list(self_, &request);
        });
    }
    RawAnswer fetch(std::string_view account, std::string_view have) {
        return ask([&](uint64_t id) {
            const midge_wanted wanted = {plugin::text(account), plugin::text(have)};
            const midge_fetch request = {sizeof(request), wait_ms, id, &wanted, 1, 0};
            table_.fetch(self_, &request);
        });
    }

  private:
    static constexpr uint32_t wait_ms = 30'000;

    template <class Call>
    RawAnswer ask(Call call) {
        std::future<RawAnswer> answer;
        {
            const std::lock_guard lock(mutex_);
            answer = promises_[++last_].get_future();
        }
        call(last_);
        if (answer.wait_for(patience) != std::future_status::ready) return {};
        return answer.get();
    }
    static void log(void*, int, midge_text) {}
    static void complete(void* self, uint64_t request, const midge_answer* answer) {
        auto& host = *static_cast<RawResolver*>(self);
        const std::lock_guard lock(host.mutex_);
        host.promises_.at(request).set_value({answer->status,
                                              std::string(plugin::view(answer->value)),
                                              std::string(plugin::view(answer->cursor))});
    }
    static void changed(void*, int, midge_text) {}
    static void version_of(void*, midge_text jwt, char* version) {
        jwt_version(plugin::view(jwt)).copy(version, MIDGE_VERSION_SIZE);
    }

    const midge_resolver& table_;
    midge_resolver_host host_{};
    void* self_ = nullptr;
    std::mutex mutex_;
    uint64_t last_ = 0;
    std::map<uint64_t, std::promise<RawAnswer>> promises_;
};

}  // namespace midge::test
