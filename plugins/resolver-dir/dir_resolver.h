#pragma once
// resolver-dir: account JWTs in files.
#include <mutex>
#include <string>
#include <string_view>
#include <variant>

#include "abi/resolver_plugin.hpp"
#include "base/work_queue.h"
#include "resolver-dir/jwt_directory.h"

namespace midge {

// Settings: see DirectorySettings. Handles requests in order, on one thread of its own. Requests
// that were accepted before stop() are completed.
class DirResolver final : public plugin::Resolver {
  public:
    static constexpr midge_setting settings[] = {
        plugin::required_setting("dir", MIDGE_SETTING_STRING, "folder for the JWT files"),
        plugin::setting("limit", MIDGE_SETTING_INTEGER, "maximum number of accounts; 0: no limit",
                        "0"),
        plugin::setting("allow_delete", MIDGE_SETTING_BOOLEAN, "allow accounts to be deleted",
                        "false"),
        plugin::setting("hard_delete", MIDGE_SETTING_BOOLEAN,
                        "delete the file of a deleted account; otherwise it is renamed", "false"),
        plugin::setting("shard", MIDGE_SETTING_BOOLEAN,
                        "use subfolders with the last two characters of the keys as names",
                        "false")};
    static constexpr bool compares = true;

    DirResolver(plugin::ResolverHost host, const plugin::ResolverStart& start);

    void fetch(plugin::FetchRequest request, plugin::Reply reply) override;
    void store(plugin::StoreRequest request, plugin::Reply reply) override;
    void list(plugin::ListRequest request, plugin::Reply reply) override;
    void erase(std::string account, plugin::Reply reply) override;
    void cancel(uint64_t request) override;
    void report(const plugin::Report& to) override;
    void stop() override;

  private:
    using Request =
        std::variant<plugin::FetchRequest, plugin::StoreRequest, plugin::ListRequest, std::string>;
    struct Job {
        Request request;  // a text is the account to erase
        plugin::Reply reply;
    };

    void push(Job job);
    void work(Job job);
    void work_on(const plugin::FetchRequest& request, plugin::Reply& reply);
    void work_on(const plugin::StoreRequest& request, plugin::Reply& reply);
    void work_on(const plugin::ListRequest& request, plugin::Reply& reply);
    void work_on(const std::string& erased, plugin::Reply& reply);
    // Remembers the result of the last access to the files.
    template <class T>
    void note(const Result<T>& result);

    const plugin::ResolverHost host_;
    std::mutex state_mutex_;
    std::string trouble_;     // error of the last access; empty: none
    JwtDirectory directory_;  // used by the queue's thread only
    WorkQueue<Job> queue_;
};

// The plugin's table, for programs that link the plugin in.
[[nodiscard]] const midge_resolver* resolver_dir_table();

}  // namespace midge
