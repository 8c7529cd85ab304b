#include "resolver-dir/dir_resolver.h"

#include <algorithm>
#include <utility>

#include "base/version.h"
#include "common/list_page.h"
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

}  // namespace

DirResolver::DirResolver(plugin::ResolverHost host, const plugin::ResolverStart& start)
    : host_(host),
      directory_(value_or_throw(open_directory(start.config_json))),
      queue_(1, waiting_jobs_max, [this](Job job) { work(std::move(job)); }) {}

void DirResolver::fetch(plugin::FetchRequest request, plugin::Reply reply) {
    push({std::move(request), std::move(reply)});
}

void DirResolver::store(plugin::StoreRequest request, plugin::Reply reply) {
    push({std::move(request), std::move(reply)});
}

void DirResolver::list(plugin::ListRequest request, plugin::Reply reply) {
    push({std::move(request), std::move(reply)});
}

void DirResolver::erase(std::string account, plugin::Reply reply) {
    push({std::move(account), std::move(reply)});
}

void DirResolver::cancel(uint64_t request) {
    queue_.drop_if([request](const Job& job) { return job.reply.request() == request; });
}

void DirResolver::report(const plugin::Report& to) {
    to.metric("requests_queued", static_cast<int64_t>(queue_.waiting()));
    const std::lock_guard lock(state_mutex_);
    if (!trouble_.empty()) to.health(MIDGE_HEALTH_DOWN, trouble_);
}

void DirResolver::stop() {
    queue_.stop(true);
}

void DirResolver::push(Job job) {
    if (!queue_.push(job)) job.reply.fail(MIDGE_UNAVAILABLE, "too many requests are waiting");
}

void DirResolver::work(Job job) {
    std::visit([&](const auto& request) { work_on(request, job.reply); }, job.request);
}

void DirResolver::work_on(const plugin::FetchRequest& request, plugin::Reply& reply) {
    const auto jwt = directory_.read(request.account);
    note(jwt);
    if (jwt && !request.have.empty() && host_.version_of(*jwt) == request.have)
        return reply.unchanged();
    answer(reply, jwt);
}

void DirResolver::work_on(const plugin::StoreRequest& request, plugin::Reply& reply) {
    if (request.condition != MIDGE_STORE_ALWAYS) {
        const auto stored = directory_.read(request.account);
        if (!stored && stored.error().code != Errc::not_found) return answer(reply, stored);
        if (!request.allows(stored ? std::string_view(*stored) : std::string_view(), host_))
            return reply.conflict();
    }
    const auto written = directory_.write(request.account, request.jwt);
    note(written);
    answer(reply, written);
}

void DirResolver::work_on(const plugin::ListRequest& request, plugin::Reply& reply) {
    auto accounts = directory_.list();
    note(accounts);
    if (!accounts) return answer(reply, Result<>(pass(accounts)));
    std::sort(accounts->begin(), accounts->end());
    answer_page(reply, request, *accounts);
}

void DirResolver::work_on(const std::string& erased, plugin::Reply& reply) {
    answer(reply, directory_.erase(erased));
}

// A missing account, or an operation that the settings forbid, is no error of the storage.
template <class T>
void DirResolver::note(const Result<T>& result) {
    const bool trouble =
        !result && result.error().code != Errc::not_found && result.error().code != Errc::denied;
    const std::lock_guard lock(state_mutex_);
    trouble_ = trouble ? result.error().text : std::string();
}

const midge_resolver* resolver_dir_table() {
    static constexpr midge_resolver table =
        plugin::ResolverThunks<DirResolver>::table("resolver-dir", midge_version);
    return &table;
}

}  // namespace midge
