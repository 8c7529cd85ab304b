#pragma once
// resolver-dir: account JWTs in files.
#include <string>
#include <string_view>

#include "abi/resolver_plugin.hpp"
#include "common/job_queue.h"
#include "resolver-dir/jwt_directory.h"

namespace midge {

// Settings: see DirectorySettings. Works off the requests in order, on one thread of its own; what
// was accepted before stop() is still written.
class DirResolver final : public plugin::Resolver {
  public:
    DirResolver(plugin::ResolverHost host, std::string_view config_json);

    void fetch(std::string account, plugin::Reply reply) override;
    void store(std::string account, std::string jwt, plugin::Reply reply) override;
    void list(plugin::Reply reply) override;
    void erase(std::string account, plugin::Reply reply) override;
    void stop() override;

  private:
    enum class Kind { fetch, store, list, erase };
    struct Job {
        Kind kind;
        std::string account;
        std::string jwt;
        plugin::Reply reply;
    };

    void push(Job job);
    void work(Job job);

    JwtDirectory directory_;  // used by the queue's thread only
    JobQueue<Job> queue_;
};

// The plugin's table, for programs that link it in.
[[nodiscard]] const midge_resolver* resolver_dir_table();

}  // namespace midge
