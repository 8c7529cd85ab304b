#include "resolver-dir/dir_resolver.h"

#include <utility>

#include "base/version.h"
#include "common/settings.h"
#include "common/status.h"

namespace midge {
namespace {

constexpr size_t waiting_jobs_max = 4096;

Result<JwtDirectory> open_directory(std::string_view config_json) {
    auto settings = DirectorySettings::parse(config_json);
    if (!settings) return pass(settings);
    return JwtDirectory::open(std::move(*settings));
}

Result<std::string> list_lines(const JwtDirectory& directory) {
    return directory.list().map([](const std::vector<std::string>& accounts) {
        std::string lines;
        for (const auto& account : accounts) lines.append(account).push_back('\n');
        return lines;
    });
}

}  // namespace

DirResolver::DirResolver(plugin::ResolverHost, std::string_view config_json)
    : directory_(value_or_throw(open_directory(config_json))),
      queue_(1, waiting_jobs_max, [this](Job job) { work(std::move(job)); }) {}

void DirResolver::fetch(std::string account, plugin::Reply reply) {
    push({Kind::fetch, std::move(account), {}, std::move(reply)});
}

void DirResolver::store(std::string account, std::string jwt, plugin::Reply reply) {
    push({Kind::store, std::move(account), std::move(jwt), std::move(reply)});
}

void DirResolver::list(plugin::Reply reply) {
    push({Kind::list, {}, {}, std::move(reply)});
}

void DirResolver::erase(std::string account, plugin::Reply reply) {
    push({Kind::erase, std::move(account), {}, std::move(reply)});
}

void DirResolver::stop() {
    queue_.stop(true);
}

void DirResolver::push(Job job) {
    if (!queue_.push(job)) job.reply.fail(MIDGE_UNAVAILABLE, "too many requests are waiting");
}

void DirResolver::work(Job job) {
    switch (job.kind) {
        case Kind::fetch:
            return answer(job.reply, directory_.read(job.account));
        case Kind::store:
            return answer(job.reply, directory_.write(job.account, job.jwt));
        case Kind::list:
            return answer(job.reply, list_lines(directory_));
        case Kind::erase:
            return answer(job.reply, directory_.erase(job.account));
    }
}

const midge_resolver* resolver_dir_table() {
    static constexpr midge_resolver table =
        plugin::ResolverThunks<DirResolver>::table("resolver-dir", midge_version);
    return &table;
}

}  // namespace midge
