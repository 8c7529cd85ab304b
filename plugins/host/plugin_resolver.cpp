#include "host/plugin_resolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "base/text.h"
#include "common/account_key.h"
#include "host/host_tables.h"
#include "host/plugin_library.h"

namespace midge {
namespace {

Error bad_key(std::string_view who) {
    return {Errc::invalid,
            fmt::format("{}: expected an account key, \"A\" and 55 of A-Z and 2-7", who)};
}

Error unsupported(std::string_view who, const char* what) {
    return {Errc::unsupported, fmt::format("{} does not support {}", who, what)};
}

// An answer of which only the success matters.
PendingRequests::Done without_value(AccountResolver::Done done) {
    return [done = std::move(done)](Result<std::string> answer) {
        done(answer.map([](const std::string&) {}));
    };
}

}  // namespace

// What the plugin calls. Outlives the PluginResolver; the gate tells whether that is still there.
struct PluginResolver::Host {
    explicit Host(PluginResolver& resolver) : owner(resolver) {
        table = {sizeof(table), MIDGE_RESOLVER_ABI, this, &log, &complete, &changed};
    }

    static void log(void* self, int level, midge_text line) noexcept {
        auto& host = *static_cast<Host*>(self);
        if (const auto inside = host.gate.enter()) host.owner.journal_.write(level, line);
    }
    static void complete(void* self, uint64_t request, int status, midge_text value) noexcept {
        auto& host = *static_cast<Host*>(self);
        if (const auto inside = host.gate.enter()) host.owner.on_complete(request, status, value);
    }
    static void changed(void* self, midge_text account) noexcept {
        auto& host = *static_cast<Host*>(self);
        if (const auto inside = host.gate.enter()) host.owner.on_changed(account);
    }

    midge_resolver_host table;
    PluginResolver& owner;  // dangles once the gate is closed
    Turnstile gate;
};

Result<std::unique_ptr<PluginResolver>> PluginResolver::create(const midge_resolver& table,
                                                               const std::string& config_json,
                                                               std::chrono::milliseconds timeout,
                                                               Changed changed, Logger& log) {
    if (auto fits = check_table(table); !fits) return pass(fits);
    std::unique_ptr<PluginResolver> resolver(
        new PluginResolver(table, timeout, std::move(changed), log));
    if (auto started = resolver->start(config_json); !started) return pass(started);
    return resolver;
}

PluginResolver::PluginResolver(const midge_resolver& table, std::chrono::milliseconds timeout,
                               Changed changed, Logger& log)
    : table_(table),
      changed_(std::move(changed)),
      fetch_timeout_(timeout),
      journal_(plugin_line(table.name), log),
      pending_(journal_.name()),
      host_(keep_for_ever(std::make_unique<Host>(*this))) {}

PluginResolver::~PluginResolver() {
    stop();
    if (created_) table_.destroy(self_);
}

Result<> PluginResolver::start(const std::string& config_json) {
    const int status = table_.create(&host_.table, to_text(config_json), &self_);
    created_ = status == MIDGE_OK;
    if (created_) return {};
    return fail(Errc::invalid, journal_.reason(status));
}

std::string_view PluginResolver::version() const noexcept {
    return to_view(table_.version);
}

void PluginResolver::fetch(const std::string& account, FetchDone done) {
    if (!has_account_key_form(account)) return done(tl::unexpected(bad_key(name())));
    auto check = [this, done = std::move(done)](Result<std::string> jwt) {
        if (jwt && jwt->empty()) return done(fail(fmt::format("{}: the JWT is empty", name())));
        done(std::move(jwt));
    };
    request(std::move(check), fetch_timeout_,
            [&](uint64_t number) { table_.fetch(self_, number, to_text(account)); });
}

void PluginResolver::store(const std::string& account, const std::string& jwt, Done done) {
    if (!can_store()) return done(tl::unexpected(unsupported(name(), "storing")));
    if (!has_account_key_form(account)) return done(tl::unexpected(bad_key(name())));
    if (jwt.empty() || jwt.size() > jwt_bytes_max) {
        return done(fail(Errc::invalid, fmt::format("{}: JWT of {} bytes, expected 1..{}", name(),
                                                    jwt.size(), jwt_bytes_max)));
    }
    request(without_value(std::move(done)), manage_timeout(),
            [&](uint64_t number) { table_.store(self_, number, to_text(account), to_text(jwt)); });
}

void PluginResolver::list(ListDone done) {
    if (!can_list()) return done(tl::unexpected(unsupported(name(), "listing")));
    auto parse = [done = std::move(done)](Result<std::string> answer) {
        done(answer.map([](const std::string& lines) {
            std::vector<std::string> accounts;
            for (const std::string_view line : split(lines, '\n')) {
                if (has_account_key_form(line)) accounts.emplace_back(line);
            }
            return accounts;
        }));
    };
    request(
        std::move(parse), manage_timeout(), [&](uint64_t number) { table_.list(self_, number); },
        account_list_bytes_max);
}

void PluginResolver::erase(const std::string& account, Done done) {
    if (!can_erase()) return done(tl::unexpected(unsupported(name(), "erasing")));
    if (!has_account_key_form(account)) return done(tl::unexpected(bad_key(name())));
    request(without_value(std::move(done)), manage_timeout(),
            [&](uint64_t number) { table_.erase(self_, number, to_text(account)); });
}

// What is stored, listed and erased was asked for by an operator: a login that gives up early is
// no reason to say that it failed.
std::chrono::milliseconds PluginResolver::manage_timeout() const noexcept {
    return std::max(fetch_timeout_, manage_timeout_min);
}

void PluginResolver::stop() {
    const std::lock_guard lock(stop_mutex_);
    if (stopped_) return;
    stopped_ = true;
    calls_.close();
    if (created_) table_.stop(self_);
    host_.gate.close();
    pending_.stop();
}

template <class Call>
void PluginResolver::request(PendingRequests::Done done, std::chrono::milliseconds timeout,
                             Call call, size_t bytes_max) {
    const auto inside = calls_.enter();
    if (!inside) return done(fail(Errc::unavailable, fmt::format("{} is stopped", name())));
    if (const auto number = pending_.add(std::move(done), bytes_max, timeout)) call(*number);
}

void PluginResolver::on_complete(uint64_t number, int status, midge_text value) {
    const auto request = pending_.take(number);
    if (!request) {
        // A plugin that goes wrong here goes wrong often: a line for the 1st, 2nd, 4th, 8th ...
        // time.
        const uint64_t count = ++ignored_answers_;
        if (!std::has_single_bit(count)) return;
        journal_.log().warn("{}: ignored an answer to request {}, which {} (ignored so far: {})",
                            name(), number,
                            pending_.known(number) ? "was answered before or is past its deadline"
                                                   : "does not exist",
                            count);
        return;
    }
    if (status != MIDGE_OK) {
        return request->done(
            fail(plugin_errc(status), fmt::format("{}: {}", name(), plugin_line(value))));
    }
    const std::string_view answer = to_view(value);
    if (answer.size() > request->bytes_max) {
        return request->done(
            fail(Errc::invalid, fmt::format("{}: answer of {} bytes, at most {} are taken", name(),
                                            answer.size(), request->bytes_max)));
    }
    request->done(std::string(answer));
}

void PluginResolver::on_changed(midge_text account) {
    if (!has_account_key_form(to_view(account))) {
        journal_.log().warn("{}: ignored a change of something that is no account key", name());
        return;
    }
    if (changed_) changed_(std::string(to_view(account)));
}

}  // namespace midge
